import Documents

/// A place in a scenario as `--set` and `--sweep` name it: `cluster.pools.a100.count`.
///
/// Keys are separated by dots; one that has dots itself stands in brackets: `cluster.pools.a100.allocatable[nvidia.com/gpu]`.
/// An element of a list is named by its `name`, or by its number, counted from 0.
enum SettingPath {
    /// The steps from a scenario to the place.
    ///
    /// - Throws: what is wrong with the path.
    static func steps(_ path: String, in document: Value) throws(SettingPathError) -> [PathStep] {
        var steps: [PathStep] = []
        var place: Value? = document
        for key in try keys(path) {
            if let list = place, list.kind == .sequence {
                let position = try position(of: key, in: list)
                steps.append(.element(position))
                place = Array(list.elements)[position]
            } else if let scalar = place, scalar.kind != .mapping, scalar.kind != .null {
                throw SettingPathError("found \(key.debugDescription) below \(scalar.kindName), expected no more keys")
            } else {
                steps.append(.key(key))
                place = place?[key]
            }
        }
        return steps
    }

    private static func position(of key: String, in list: Value) throws(SettingPathError) -> Int {
        let names = list.elements.map { $0["name"]?.string ?? "" }
        if let position = names.firstIndex(of: key) { return position }
        if let number = Int(key), (0..<names.count).contains(number) { return number }
        let known = names.filter { !$0.isEmpty }
        let hint = known.isEmpty ? "a number below \(names.count)" : Spelling.hint(for: key, among: known)
        throw SettingPathError("found \(key.debugDescription), which no element is called; \(hint)")
    }

    /// The keys of a path.
    static func keys(_ path: String) throws(SettingPathError) -> [String] {
        var keys: [String] = []
        var key = ""
        var isOpen = false
        var wasBracket = false
        for character in path {
            switch character {
            case "[" where !isOpen:
                if !key.isEmpty { keys.append(key) } else if !wasBracket, !keys.isEmpty {
                    throw SettingPathError("found an empty key, expected keys with dots between them")
                }
                key = ""
                isOpen = true
            case "]" where isOpen:
                keys.append(key)
                key = ""
                isOpen = false
                wasBracket = true
            case "." where !isOpen:
                if key.isEmpty, !wasBracket {
                    throw SettingPathError("found an empty key, expected keys with dots between them")
                }
                if !key.isEmpty { keys.append(key) }
                key = ""
                wasBracket = false
            default: key.append(character)
            }
        }
        if isOpen { throw SettingPathError("found [ without ], expected both") }
        if !key.isEmpty { keys.append(key) }
        if keys.isEmpty || keys.contains("") || path.hasSuffix(".") {
            throw SettingPathError("found an empty key, expected keys with dots between them")
        }
        return keys
    }
}

/// What is wrong with a path.
struct SettingPathError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
