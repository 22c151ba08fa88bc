/// Looks at hwloc's XML before hwloc does, which says of none why it refuses it, and trusts what it has not refused.
enum HwlocXML {
    /// What every object but a device has in an export of hwloc 2; hwloc follows pointers that it has not set where one is missing.
    private static let sets = [" cpuset=\"", " complete_cpuset=\"", " nodeset=\"", " complete_nodeset=\""]
    private static let devices = ["Bridge", "PCIDev", "OSDev", "Misc"]

    /// Makes sure that a text is of a version that can be read, and that its objects are whole.
    static func check(_ bytes: [UInt8]) throws(TopologyError) {
        // hwloc counts bytes with 32 bits.
        if bytes.count >= Int(Int32.max) { throw .brokenXML }
        try checkVersion(String(decoding: bytes.prefix(4_096), as: UTF8.self))
        for tag in String(decoding: bytes, as: UTF8.self).split(separator: "<") where tag.hasPrefix("object ")
        {
            guard let type = value(of: " type=\"", in: tag) else { throw .brokenXML }
            if devices.contains(String(type)) { continue }
            for set in sets {
                guard let value = value(of: set, in: tag), isSet(value) else { throw .brokenXML }
            }
        }
    }

    /// Looks at the root element, which stands at the top, after the declaration and the document type.
    private static func checkVersion(_ head: String) throws(TopologyError) {
        guard head.drop(while: \.isWhitespace).hasPrefix("<"), let start = head.firstRange(of: "<topology"),
            let end = head[start.upperBound...].firstIndex(of: ">")
        else { throw .notXML }
        let attributes = head[start.upperBound..<end]
        if let first = attributes.first, !first.isWhitespace { throw .notXML }
        // Version 1 knew no attribute.
        guard let version = value(of: "version=\"", in: attributes) else { throw .version("1.x") }
        guard version.hasPrefix("2.") else { throw .version(String(version)) }
    }

    /// The text between an attribute's quotes.
    private static func value(of attribute: String, in tag: Substring) -> Substring? {
        guard let start = tag.firstRange(of: attribute),
            let end = tag[start.upperBound...].firstIndex(of: "\"")
        else { return nil }
        return tag[start.upperBound..<end]
    }

    /// Whether a text is a set of hwloc's: words of hexadecimal digits between commas, the first perhaps `0xf...f`.
    private static func isSet(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: "x"), UInt8(ascii: ","),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
