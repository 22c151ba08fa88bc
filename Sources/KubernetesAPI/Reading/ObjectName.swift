/// What a name must be to be the name of any object.
///
/// Less than the API server demands: capitals and underscores, which it refuses for these kinds, do no harm here.
enum ObjectName {
    /// What is wrong with a name that is not empty; `nil` if nothing is.
    ///
    /// Source: the API server's rule for a segment of a path, and the longest name of a DNS subdomain.
    static func mistake(in name: String) -> String? {
        if name.utf8.count > longest {
            return "found a name of \(name.utf8.count) bytes, expected at most \(longest)"
        }
        let isSegment = name != "." && name != ".."
        if isSegment, !name.unicodeScalars.contains(where: isForbidden) { return nil }
        return "found \(name.debugDescription), expected a name without '/', '%' and control characters"
    }

    private static let longest = 253

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "/" || scalar == "%" || scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }
}
