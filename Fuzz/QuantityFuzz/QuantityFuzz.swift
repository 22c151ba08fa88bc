import ClusterModel

/// Reads one input of the fuzzer as an amount and as a timestamp.
///
/// Reading must never trap, whatever the bytes, and an amount that was read must survive being written and read
/// again. A broken rule traps, which is how the fuzzer sees it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQuantity(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let units = Result { () throws(QuantityError) in try Quantity.units(text) }
    let milli = Result { () throws(QuantityError) in try Quantity.milli(text) }
    if case .success(let value) = units {
        precondition((try? Quantity.units(Quantity.formatUnits(value))) == value)
        precondition((try? Quantity.units(Quantity.formatBytes(value))) == value)
    }
    if case .success(let value) = milli {
        precondition((try? Quantity.milli(Quantity.formatMilli(value))) == value)
        // Thousandths are the finer of the two: rounded further, they give the units.
        let rounded = value / 1_000 + (value % 1_000).signum()
        precondition((try? units.get()) == rounded)
    }
    if case .failure(let error) = units { precondition(!error.description.isEmpty) }
    if let time = Timestamp(rfc3339: text) { precondition(Timestamp(rfc3339: time.rfc3339) == time) }
    return 0
}
