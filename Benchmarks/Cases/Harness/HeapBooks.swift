/// What the C library knows about its heap. Only a program that takes over `malloc` can say.
public struct HeapBooks: Sendable {
    /// How many blocks the calling thread has allocated so far.
    let allocations: @Sendable () -> UInt64
    /// The bytes of all blocks in use.
    let bytesInUse: @Sendable () -> UInt64

    /// Books that the given functions read.
    public init(
        allocations: @escaping @Sendable () -> UInt64, bytesInUse: @escaping @Sendable () -> UInt64
    ) {
        self.allocations = allocations
        self.bytesInUse = bytesInUse
    }
}
