// swift-tools-version: 6.2
import PackageDescription

/// Flags that every Swift target shares.
///
/// Warnings are errors and existentials are spelled out, so that a reader sees every dynamic call. Imports are
/// internal unless said otherwise: a module's interface names only what it means to.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Flags of the core and of the simulation besides.
///
/// The state of a session, and of a cluster in virtual time, belongs to one thread and is changed by one call at a time.
/// Debug builds, and with them all tests, check that at every access; optimised ones do without, since the checks took a
/// sixth of a cycle.
let core: [SwiftSetting] =
    strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "gangwright",
    products: [
        .executable(name: "gangwright", targets: ["gangwright"])
    ],
    targets: [
        // The shell: one file a subcommand.
        .executableTarget(
            name: "gangwright",
            dependencies: [
                "BenchmarkCases", "ClusterAdapter", "Recording", "Simulation", "Fragmentation",
                "SyntheticClusters", "NodeAgent", "KubernetesClient", "KubernetesAPI", "Topology",
                "SchedulingLoop", "SchedulingPolicy", "Allocator",
                "ClusterModel",
                "Documents",
            ],
            swiftSettings: strict),

        // Benchmarks. Only their own program counts allocations: a scheduler does not replace malloc.
        .executableTarget(
            name: "gangwright-bench",
            dependencies: ["BenchmarkCases", "Topology", "ClusterModel", "CAllocationCount"],
            path: "Benchmarks/Runner", swiftSettings: strict),
        .target(
            name: "BenchmarkCases",
            dependencies: [
                "Simulation", "SyntheticClusters", "SchedulingLoop", "SchedulingPolicy", "Allocator",
                "ClusterModel", "Documents",
            ],
            path: "Benchmarks/Cases", swiftSettings: strict),
        .target(name: "CAllocationCount", path: "Benchmarks/AllocationCount"),
        // Load for a real API server: `make bench-e2e` and `make demo`.
        .executableTarget(
            name: "gangwright-load", dependencies: ["KubernetesClient", "Documents"], path: "Benchmarks/Live",
            swiftSettings: strict),

        // Outside data in, outside data out.
        .target(
            name: "Simulation",
            dependencies: [
                "Fragmentation", "Recording", "KubernetesAPI", "SyntheticClusters", "SchedulingLoop",
                "SchedulingPolicy", "Allocator", "ClusterModel", "Documents",
            ],
            swiftSettings: core),
        .target(
            name: "ClusterAdapter",
            dependencies: [
                "Recording", "KubernetesClient", "KubernetesAPI", "SchedulingLoop", "SchedulingPolicy",
                "ClusterModel", "Documents", "CMicroHTTPD",
            ],
            swiftSettings: strict),
        .target(
            name: "NodeAgent",
            dependencies: ["KubernetesClient", "KubernetesAPI", "Topology", "ClusterModel", "Documents"],
            swiftSettings: strict),
        .target(
            name: "Recording",
            dependencies: [
                "KubernetesAPI", "SchedulingLoop", "SchedulingPolicy", "ClusterModel", "Documents", "CZLib",
            ],
            swiftSettings: strict),
        .target(name: "KubernetesAPI", dependencies: ["ClusterModel", "Documents"], swiftSettings: strict),
        .target(name: "Topology", dependencies: ["ClusterModel", "CHwloc", "CNuma"], swiftSettings: strict),
        .target(name: "SyntheticClusters", dependencies: ["ClusterModel"], swiftSettings: strict),
        .target(
            name: "KubernetesClient", dependencies: ["ClusterModel", "Documents", "CLibCurl"],
            swiftSettings: strict),

        // The core: no I/O, no clock, no randomness of its own.
        .target(name: "Fragmentation", dependencies: ["ClusterModel"], swiftSettings: core),
        .target(
            name: "SchedulingLoop", dependencies: ["SchedulingPolicy", "Allocator", "ClusterModel"],
            swiftSettings: core),
        .target(
            name: "SchedulingPolicy",
            dependencies: ["Fragmentation", "Allocator", "ClusterModel", "Documents"],
            swiftSettings: core),
        // A debug build calls libm's sqrt where an optimised one has an instruction.
        .target(
            name: "Allocator", dependencies: ["ClusterModel"], swiftSettings: core,
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "ClusterModel", swiftSettings: strict),
        .target(name: "Documents", dependencies: ["CLibYAML", "CSimdJSON"], swiftSettings: strict),

        // System libraries. simdjson is C++ and hides behind a C header: no Swift module parses C++.
        .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
        .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),
        .systemLibrary(
            name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CZLib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Tests mirror Sources.
        .target(
            name: "TestSupport", dependencies: ["ClusterModel", "Documents"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "DocumentsTests", dependencies: ["Documents", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ClusterModelTests", dependencies: ["ClusterModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AllocatorTests", dependencies: ["Allocator", "SyntheticClusters", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SchedulingPolicyTests",
            dependencies: ["SchedulingPolicy", "Allocator", "SyntheticClusters", "Documents", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SchedulingLoopTests",
            dependencies: [
                "SchedulingLoop", "SchedulingPolicy", "Allocator", "SyntheticClusters", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KubernetesAPITests",
            dependencies: ["KubernetesAPI", "SyntheticClusters", "Documents", "ClusterModel", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TopologyTests", dependencies: ["Topology", "ClusterModel", "TestSupport"],
            exclude: ["Topologies"], swiftSettings: strict),
        .testTarget(
            name: "NodeAgentTests",
            dependencies: [
                "NodeAgent", "KubernetesClient", "KubernetesAPI", "Topology", "ClusterModel", "Documents",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KubernetesClientTests", dependencies: ["KubernetesClient", "Documents", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SyntheticClustersTests",
            dependencies: ["SyntheticClusters", "ClusterModel", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FragmentationTests",
            dependencies: ["Fragmentation", "SyntheticClusters", "ClusterModel", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "Fragmentation", "Recording", "KubernetesAPI", "SyntheticClusters",
                "SchedulingLoop", "SchedulingPolicy", "ClusterModel", "Documents", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BenchmarkTests",
            dependencies: [
                "BenchmarkCases", "SyntheticClusters", "SchedulingPolicy", "ClusterModel", "Documents",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ClusterAdapterTests",
            dependencies: [
                "ClusterAdapter", "ClusterModel", "Documents", "KubernetesAPI", "KubernetesClient",
                "Recording", "SchedulingPolicy", "SyntheticClusters", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RecordingTests",
            dependencies: [
                "Recording", "SyntheticClusters", "KubernetesAPI", "SchedulingLoop", "SchedulingPolicy",
                "ClusterModel", "Documents", "TestSupport",
            ],
            swiftSettings: strict),
        // Skipped unless GANGWRIGHT_E2E=1: `make e2e` starts a control plane for them.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "KubernetesAPI", "KubernetesClient", "ClusterModel", "Documents", "SyntheticClusters",
                "TestSupport", "gangwright",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "gangwrightTests",
            dependencies: [
                "gangwright", "Recording", "KubernetesAPI", "SchedulingLoop", "SchedulingPolicy",
                "ClusterModel",
                "Documents", "TestSupport",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)

// Fuzz targets link only in a build with `--sanitize fuzzer`, so they exist for Fuzz/run.sh alone.
if Context.environment["GANGWRIGHT_FUZZ"] != nil {
    let fuzz: [SwiftSetting] = strict + [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer"])]
    let fuzzLinker: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]
    package.targets += [
        .executableTarget(
            name: "DocumentsFuzz", dependencies: ["Documents"], path: "Fuzz/DocumentsFuzz",
            swiftSettings: fuzz, linkerSettings: fuzzLinker),
        .executableTarget(
            name: "QuantityFuzz", dependencies: ["ClusterModel"], path: "Fuzz/QuantityFuzz",
            swiftSettings: fuzz, linkerSettings: fuzzLinker),
    ]
}
