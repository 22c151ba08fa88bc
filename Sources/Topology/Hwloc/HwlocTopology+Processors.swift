import CHwloc
import ClusterModel

extension HwlocTopology {
    /// The logical processors by number.
    var cpus: [NodeTopology.CPU] {
        let nodes = memoryObjects.map(\.pointee.os_index)
        return objects(HWLOC_OBJ_PU).map { cpu in
            let core = cpu.ancestor(HWLOC_OBJ_CORE) ?? cpu
            // A processor may be near several parts of the memory, fast and slow: the first stands for all. Where those near
            // to it were kept from whoever looked, any will do.
            let near = nodes.first { node in
                cpu.pointee.nodeset.map { hwloc_bitmap_isset($0, node) != 0 } ?? false
            }
            return NodeTopology.CPU(
                // The operating system numbers cores from 0 in each package, hwloc throughout.
                id: Int(cpu.pointee.os_index), core: Int(core.pointee.logical_index),
                package: package(of: cpu) ?? 0, numaNode: Int(near ?? nodes.first ?? 0))
        }.sorted { $0.id < $1.id }
    }

    /// The parts of the memory by number, with their distances where all are known.
    var numaNodes: [NodeTopology.NUMANode] {
        let objects = memoryObjects
        var nodes = objects.map { node in
            NodeTopology.NUMANode(
                id: Int(node.pointee.os_index), package: package(of: node),
                memoryBytes: Int64(clamping: node.pointee.attr?.pointee.numanode.local_memory ?? 0))
        }
        if let latencies = distances("NUMALatency") {
            for (row, from) in objects.enumerated() {
                let line = objects.map { latencies.value(from: from, to: $0).flatMap { Int(exactly: $0) } }
                if !line.contains(nil) { nodes[row].distances = line.compactMap { $0 } }
            }
        }
        return nodes
    }

    /// NUMA nodes by number, without the memory of GPUs, which some machines count among them.
    private var memoryObjects: [HwlocObject] {
        objects(HWLOC_OBJ_NUMANODE).filter { $0.subtype != "GPUMemory" }
            .sorted { $0.pointee.os_index < $1.pointee.os_index }
    }

    private func package(of object: HwlocObject) -> Int? {
        object.ancestor(HWLOC_OBJ_PACKAGE).map { package in
            // Of machines made up in words hwloc may not know the numbers.
            package.pointee.os_index == .max
                ? Int(package.pointee.logical_index) : Int(package.pointee.os_index)
        }
    }

    /// All objects of a type in hwloc's order.
    func objects(_ type: hwloc_obj_type_t) -> [HwlocObject] {
        var list: [HwlocObject] = []
        var last: HwlocObject?
        while let object = hwloc_get_next_obj_by_type(handle, type, last) {
            list.append(object)
            last = object
        }
        return list
    }

    /// The matrix of that name; `nil` where hwloc has none.
    func distances(_ name: String) -> DistanceMatrix? {
        var count: UInt32 = 1
        var found: UnsafeMutablePointer<hwloc_distances_s>?
        guard hwloc_distances_get_by_name(handle, name, &count, &found, 0) == 0, count > 0, let found else {
            return nil
        }
        defer { hwloc_distances_release(handle, found) }
        return DistanceMatrix(found.pointee)
    }
}

/// Values between objects, as `from` × `to`.
struct DistanceMatrix {
    /// `nil` where hwloc could not find an object of the matrix.
    let objects: [HwlocObject?]
    private let values: [UInt64]

    init(_ distances: hwloc_distances_s) {
        let count = Int(distances.nbobjs)
        objects = (0..<count).map { distances.objs[$0] }
        values = (0..<(count * count)).map { distances.values[$0] }
    }

    subscript(from: Int, to: Int) -> UInt64 { values[from * objects.count + to] }

    func value(from: HwlocObject, to: HwlocObject) -> UInt64? {
        guard let row = objects.firstIndex(of: from), let column = objects.firstIndex(of: to) else {
            return nil
        }
        return self[row, column]
    }
}
