/// What is known of a GPU by its PCI numbers alone.
///
/// Sources: the PCI ID Repository (pci-ids.ucw.cz) for numbers and names, makers' data sheets for the memory, NVIDIA's MIG user guide ("Supported
/// GPUs") for who can be cut.
struct GPUModel {
    let name: String
    let memoryGiB: Int64
    let isMIGCapable: Bool

    var memoryBytes: Int64 { memoryGiB << 30 }

    init(_ name: String, _ memoryGiB: Int64, mig: Bool = false) {
        self.name = name
        self.memoryGiB = memoryGiB
        isMIGCapable = mig
    }

    /// The model; `nil` for one that trains little.
    static func find(vendor: UInt16, device: UInt16) -> GPUModel? {
        models[UInt32(vendor) << 16 | UInt32(device)]
    }

    private static let models: [UInt32: GPUModel] = [
        // Pascal, Volta, Turing.
        0x10DE_15F8: GPUModel("Tesla P100-PCIE-16GB", 16),
        0x10DE_15F9: GPUModel("Tesla P100-SXM2-16GB", 16),
        0x10DE_1DB1: GPUModel("Tesla V100-SXM2-16GB", 16),
        0x10DE_1DB4: GPUModel("Tesla V100-PCIE-16GB", 16),
        0x10DE_1DB5: GPUModel("Tesla V100-SXM2-32GB", 32),
        0x10DE_1DB6: GPUModel("Tesla V100-PCIE-32GB", 32),
        0x10DE_1DB8: GPUModel("Tesla V100-SXM3-32GB", 32),
        0x10DE_1EB8: GPUModel("Tesla T4", 16),
        // Ampere.
        0x10DE_20B0: GPUModel("NVIDIA A100-SXM4-40GB", 40, mig: true),
        0x10DE_20B2: GPUModel("NVIDIA A100-SXM4-80GB", 80, mig: true),
        0x10DE_20B5: GPUModel("NVIDIA A100 80GB PCIe", 80, mig: true),
        0x10DE_20B7: GPUModel("NVIDIA A30", 24, mig: true),
        0x10DE_20F1: GPUModel("NVIDIA A100-PCIE-40GB", 40, mig: true),
        0x10DE_2235: GPUModel("NVIDIA A40", 48),
        0x10DE_2236: GPUModel("NVIDIA A10", 24),
        0x10DE_2237: GPUModel("NVIDIA A10G", 24),
        // Ada.
        0x10DE_26B5: GPUModel("NVIDIA L40", 48),
        0x10DE_26B9: GPUModel("NVIDIA L40S", 48),
        0x10DE_27B8: GPUModel("NVIDIA L4", 24),
        // Hopper.
        0x10DE_2321: GPUModel("NVIDIA H100 NVL", 94, mig: true),
        0x10DE_2330: GPUModel("NVIDIA H100 80GB HBM3", 80, mig: true),
        0x10DE_2331: GPUModel("NVIDIA H100 PCIe", 80, mig: true),
        0x10DE_2335: GPUModel("NVIDIA H200", 141, mig: true),
        0x10DE_2339: GPUModel("NVIDIA H100 SXM5 94GB", 94, mig: true),
        0x10DE_233B: GPUModel("NVIDIA H200 NVL", 141, mig: true),
        0x10DE_2342: GPUModel("NVIDIA GH200 120GB", 96, mig: true),
        // Blackwell.
        0x10DE_2901: GPUModel("NVIDIA B200", 180, mig: true),
        // AMD.
        0x1002_738C: GPUModel("AMD Instinct MI100", 32),
        0x1002_7408: GPUModel("AMD Instinct MI250X", 64),
        0x1002_740F: GPUModel("AMD Instinct MI210", 64),
        0x1002_74A0: GPUModel("AMD Instinct MI300A", 128),
        0x1002_74A1: GPUModel("AMD Instinct MI300X", 192),
        0x1002_74A5: GPUModel("AMD Instinct MI325X", 256),
        0x1002_75A0: GPUModel("AMD Instinct MI350X", 288),
        0x1002_75A3: GPUModel("AMD Instinct MI355X", 288),
    ]
}
