public import ClusterModel
public import Documents

extension FieldReader {
    /// Reads a mapping from resource names to amounts; `nil` when it is absent or null.
    ///
    /// An amount may be text, an integer or a float; null counts as absent. CPU rounds up to thousandths, all else
    /// to whole units; devices and `pods` must be whole numbers, as the API server demands. Amounts that are
    /// negative, too large or no quantity are reported and left out.
    public func resourceList(_ key: String, where isWanted: (String) -> Bool = { _ in true }) -> ResourceList? {
        guard let list = object(key) else { return nil }
        var amounts = ResourceList()
        for (name, value) in list.value.members where !value.isNull && isWanted(name) {
            let resource = ResourceName(name)
            do throws(AmountError) {
                amounts[resource] = try amount(value, of: resource)
            } catch {
                list.report(name, error.message)
            }
        }
        return amounts
    }

    /// A member that is an amount of bytes; `nil` when it is absent or null.
    func bytes(_ key: String) -> Int64? {
        guard let value = value(key) else { return nil }
        do throws(AmountError) {
            return try amount(value, of: .ephemeralStorage)
        } catch {
            report(key, error.message)
            return nil
        }
    }

    private func amount(_ value: Value, of resource: ResourceName) throws(AmountError) -> Int64 {
        guard value.kind == .string || value.kind == .integer || value.kind == .float,
            let text = value.scalarText
        else { throw AmountError("found \(value.kindName), expected an amount such as 500m, 2 or 64Gi") }
        let amount: Int64
        do throws(QuantityError) {
            amount = resource.scale == .milli ? try Quantity.milli(text) : try Quantity.units(text)
        } catch {
            throw AmountError(error.description)
        }
        if amount < 0 {
            throw AmountError("found \(text), expected an amount that is not negative")
        }
        // Thousandths of an absurdly large amount do not fit; its fraction goes unchecked.
        if resource.isIndivisible, let milli = try? Quantity.milli(text), milli % 1000 != 0 {
            throw AmountError("found \(text), expected a whole number")
        }
        return amount
    }
}

/// Why an amount was refused.
private struct AmountError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

extension ResourceName {
    /// True for what comes in whole pieces only.
    fileprivate var isIndivisible: Bool { isExtended || self == .pods }

    /// An amount of this resource as Kubernetes writes it.
    func text(_ amount: Int64) -> String {
        switch scale {
        case .milli: Quantity.formatMilli(amount)
        case .bytes: Quantity.formatBytes(amount)
        case .count: Quantity.formatUnits(amount)
        }
    }
}
