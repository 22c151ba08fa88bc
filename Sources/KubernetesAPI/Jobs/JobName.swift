/// Names for jobs whose file gives them none.
enum JobName {
    /// A file's base name as Kubernetes takes names: `jobs/Train_BERT.yaml` is `train-bert`.
    ///
    /// Anything but small letters and digits becomes a hyphen, runs of them one; `job` if nothing is left.
    static func fromFile(_ file: String) -> String {
        let base = file.utf8.split(separator: UInt8(ascii: "/")).last ?? file.utf8[...]
        let dot = base.lastIndex(of: UInt8(ascii: "."))
        let stem = dot.map { $0 == base.startIndex ? base[...] : base[..<$0] } ?? base[...]
        var name: [UInt8] = []
        for byte in stem {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                name.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): name.append(byte + 32)
            default:
                if let last = name.last, last != UInt8(ascii: "-") { name.append(UInt8(ascii: "-")) }
            }
            if name.count == longest { break }
        }
        while name.last == UInt8(ascii: "-") { name.removeLast() }
        return name.isEmpty ? "job" : String(decoding: name, as: UTF8.self)
    }

    /// Leaves room for a number, a role and an index within the 253 bytes of a pod's name.
    private static let longest = 200
}
