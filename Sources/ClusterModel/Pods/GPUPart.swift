/// A part of each of some GPUs of `nvidia.com/gpu`, as a pod asks for it in annotations.
///
/// Sources: KAI's `gpu-fraction`, `gpu-memory` and `gpu-fraction-num-devices`; `alibabacloud.com/gpu-milli`, `…/gpu-count` and
/// `…/gpu-card-model` of the simulator of the openb traces.
public struct GPUPart: Hashable, Sendable {
    /// The annotation for thousandths of a GPU.
    public static let milliAnnotation = "alibabacloud.com/gpu-milli"

    private static let kaiCount = "gpu-fraction-num-devices"
    private static let openbCount = "alibabacloud.com/gpu-count"

    /// How many cards.
    public var cards: Int
    /// Thousandths of each; 0 where memory says it.
    public var milli: Int64 = 0
    /// MiB of each; 0 where thousandths say it.
    public var memoryMiB: Int64 = 0
    /// The models that will do; empty for any.
    public var models: [String] = []
    /// What is written, and what is expected, where it makes no sense: then no card will do.
    public var mistake: String?
    /// True where what is written makes no sense.
    public var isUnreadable: Bool { mistake != nil }

    /// `nil` for a pod that asks for whole GPUs or for none.
    public init?(_ pod: Pod) {
        let annotations = pod.annotations
        if annotations.isEmpty || pod.requests[.nvidiaGPU] ?? 0 > 0 { return nil }
        if let text = annotations["gpu-fraction"] {
            cards = Self.count(annotations[Self.kaiCount])
            milli = (try? Quantity.milli(text)) ?? 0
            mistake =
                (1...1000).contains(milli)
                ? nil : Self.mistake("gpu-fraction", text, "from 0.001 to 1")
        } else if let text = annotations["gpu-memory"] {
            cards = Self.count(annotations[Self.kaiCount])
            memoryMiB = Int64(text) ?? 0
            mistake = memoryMiB > 0 ? nil : Self.mistake("gpu-memory", text, "a whole number of MiB")
        } else if let text = annotations[Self.milliAnnotation] {
            cards = Self.count(annotations[Self.openbCount])
            milli = Int64(text) ?? -1
            if milli == 0 || annotations[Self.openbCount] == "0" { return nil }
            models =
                annotations["alibabacloud.com/gpu-card-model"]?.split(separator: "|").map(String.init) ?? []
            mistake =
                (1...1000).contains(milli)
                ? nil : Self.mistake(Self.milliAnnotation, text, "a whole number from 0 to 1000")
        } else {
            return nil
        }
        if cards < 1, mistake == nil {
            let name = annotations[Self.kaiCount] == nil ? Self.openbCount : Self.kaiCount
            mistake = Self.mistake(name, annotations[name] ?? "", "a whole number from 1 to 4096")
        }
    }

    private static func mistake(_ name: String, _ text: String, _ expected: String) -> String {
        "its annotation \(name) says \"\(text)\", expected \(expected)"
    }

    /// One card unless a number of them is written; 0 where that is none.
    private static func count(_ text: String?) -> Int {
        text.map { Int($0).flatMap { (1...4096).contains($0) ? $0 : nil } ?? 0 } ?? 1
    }
}

extension Pod {
    /// Thousandths of GPUs that it asks for: whole ones, slices of MIG, and parts that annotations name in thousandths.
    ///
    /// What is asked for as memory is not counted: how much that is depends on the card.
    public var milliGPU: Int64 {
        let whole = requests.milliGPU
        guard let part = GPUPart(self), !part.isUnreadable else { return whole }
        return whole + part.milli * Int64(part.cards)
    }
}
