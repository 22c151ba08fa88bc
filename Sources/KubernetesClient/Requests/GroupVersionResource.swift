/// What kind of objects a request is about, by the names that paths use.
public struct GroupVersionResource: Hashable, Sendable, CustomStringConvertible {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, such as `v1`.
    public var version: String
    /// The plural in lower case, such as `pods`.
    public var resource: String

    /// Names a resource.
    public init(group: String = "", version: String = "v1", resource: String) {
        self.group = group
        self.version = version
        self.resource = resource
    }

    /// `pods.v1` and `queues.v1beta1.scheduling.volcano.sh`, as kubectl takes them.
    public var description: String {
        "\(resource).\(version)" + (group.isEmpty ? "" : ".\(group)")
    }

    /// The path of the group and version, such as `/apis/policy/v1`.
    var root: String {
        group.isEmpty
            ? "/api/\(PercentEncoding.segment(version))"
            : "/apis/\(PercentEncoding.segment(group))/\(PercentEncoding.segment(version))"
    }

    /// The path of all objects, of those of a namespace, or of one; `subresource` such as `status` of one.
    func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = root
        if let namespace { path += "/namespaces/" + PercentEncoding.segment(namespace) }
        path += "/" + PercentEncoding.segment(resource)
        if let name { path += "/" + PercentEncoding.segment(name) }
        if let subresource { path += "/" + PercentEncoding.segment(subresource) }
        return path
    }
}

/// RFC 3986, for text of any origin.
enum PercentEncoding {
    /// The text as one segment of a path, or as a name or value of a query: all but unreserved characters encoded.
    ///
    /// Dots alone would mean another folder.
    static func segment(_ text: String) -> String {
        if text == "." || text == ".." { return String(repeating: "%2E", count: text.count) }
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += byte < 0x10 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return encoded
    }

    /// `?a=1&b=2`; nothing for no parameters.
    static func query(_ parameters: [(name: String, value: String)]) -> String {
        let pairs = parameters.map { segment($0.name) + "=" + segment($0.value) }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}
