import ClusterModel
import Topology

/// A node's topology as a picture: boxes in boxes, and GPUs by GPUs as coloured squares.
struct TopologyDrawing {
    private let topology: NodeTopology
    private let heading: String

    init(_ topology: NodeTopology, heading: String) {
        self.topology = topology
        self.heading = heading
    }

    /// Lengths in pixels.
    private enum Length {
        static let margin = 24
        static let gap = 10
        static let title = 24
        static let tileWidth = 168
        static let tileHeight = 46
        static let square = 34
        static let mostInRow = 4
        static let screen = 1_900
    }

    /// A part with the room that it takes.
    private struct Box {
        let tree: TopologyOutline
        let children: [(x: Int, y: Int, box: Box)]
        let width: Int
        let height: Int
    }

    /// The picture as SVG, which shows the same in a browser and on paper.
    var svg: String {
        let boxes = topology.outline.map(box)
        // Beside each other as far as a screen is wide.
        let isWide = boxes.prefix(2).reduce(0) { $0 + $1.width } > Length.screen
        let rows = flow(boxes, across: isWide ? 1 : 2)
        let matrixTop = Length.margin + 34 + rows.height + (topology.gpus.count > 1 ? 44 : 0)
        let matrix = topology.gpus.count > 1 ? 22 + Length.square * topology.gpus.count : 0
        let matrixWidth = topology.gpus.count > 1 ? 340 + Length.square * topology.gpus.count : 0
        let width = 2 * Length.margin + max(rows.width, matrixWidth, 9 * heading.count)
        let height = matrixTop + matrix + Length.margin
        var body = text(Length.margin, Length.margin + 12, heading, "heading")
        for place in rows.places {
            draw(place.box, x: Length.margin + place.x, y: Length.margin + 34 + place.y, to: &body)
        }
        if matrix > 0 { drawMatrix(x: Length.margin, y: matrixTop, to: &body) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <style>\(Self.sheet)</style>
            <rect width="\(width)" height="\(height)" class="page"/>
            \(body)</svg>

            """
    }

    private static let sheet = """
        text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:#1b2130}.heading{font-size:16px;font-weight:600}\
        .title{font-weight:600}.small{font-size:10.5px;font-weight:400;fill:#667085}.word{font-size:10.5px;text-anchor:middle}\
        .page{fill:#f6f7f9}rect{stroke-width:1}.package{fill:#fff;stroke:#c9ced8}.numa{fill:#f1f4fa;stroke:#d5dbe6}\
        .switch{fill:#e3e9f5;stroke:#b9c5dd}.gpu{fill:#d8efe2;stroke:#4ca57a}.nic{fill:#fdf0da;stroke:#d9a441}\
        .link{fill:#93d1b1}.near{fill:#b7d9c7}.mid{fill:#dfe4ec}.far{fill:#f0d9d5}.self{fill:#fff;stroke:#e4e7ec}
        """

    // MARK: Room

    /// Puts boxes beside each other, so many in a row.
    private func flow(
        _ boxes: [Box], across: Int
    ) -> (places: [(x: Int, y: Int, box: Box)], width: Int, height: Int) {
        var places: [(x: Int, y: Int, box: Box)] = []
        var x = 0
        var y = 0
        var rowHeight = 0
        var width = 0
        for (index, box) in boxes.enumerated() {
            if index > 0, index % across == 0 {
                x = 0
                y += rowHeight + Length.gap
                rowHeight = 0
            }
            places.append((x, y, box))
            x += box.width + Length.gap
            width = max(width, x - Length.gap)
            rowHeight = max(rowHeight, box.height)
        }
        return (places, width, y + rowHeight)
    }

    private func box(_ tree: TopologyOutline) -> Box {
        switch tree.part {
        case .gpu, .nic:
            return Box(tree: tree, children: [], width: Length.tileWidth, height: Length.tileHeight)
        default: break
        }
        // Small things beside each other, large ones below each other.
        let children = tree.children.map(box)
        let isSwitch = if case .pcieSwitch = tree.part { true } else { false }
        let holdsSwitches = children.contains { !$0.children.isEmpty }
        let across =
            switch tree.part {
            case .package: 1
            default: isSwitch && !holdsSwitches ? 2 : holdsSwitches ? 2 : Length.mostInRow
            }
        let inner = flow(children, across: across)
        let caption = 16 + 7 * caption(tree.part).title.count + 6 * caption(tree.part).detail.count
        return Box(
            tree: tree, children: inner.places.map { ($0.x + Length.gap, $0.y + Length.title + 4, $0.box) },
            width: max(inner.width + 2 * Length.gap, caption),
            height: inner.height + Length.title + 4 + Length.gap)
    }

    // MARK: Boxes

    private func caption(_ part: TopologyOutline.Part) -> (title: String, detail: String, look: String) {
        switch part {
        case .package(let number): return ("Package \(number)", "", "package")
        case .anywhere: return ("Next to no NUMA node in particular", "", "package")
        case .numaNode(let index):
            let node = topology.numaNodes[index]
            let cpus = CPUSet(topology.cpus.filter { $0.numaNode == node.id }.map(\.id))
            let memory = AmountText.rounded(node.memoryBytes, of: .memory)
            return (
                "NUMA node \(node.id)",
                cpus.isEmpty ? memory : "\(memory), CPUs \(Self.short(cpus.description))",
                "numa"
            )
        case .pcieSwitch(let index):
            let pcieSwitch = topology.pcieSwitches[index]
            return ("PCIe switch \(pcieSwitch.id)", pcieSwitch.pciAddress, "switch")
        case .gpu(let index):
            let gpu = topology.gpus[index]
            let memory = gpu.memoryBytes > 0 ? ", \(AmountText.rounded(gpu.memoryBytes, of: .memory))" : ""
            return (
                "GPU \(gpu.index)\(memory)", gpu.model.isEmpty ? gpu.vendor.rawValue : Self.short(gpu.model),
                "gpu"
            )
        case .nic(let index):
            let nic = topology.nics[index]
            return (Self.short(nic.name), nic.isRDMACapable ? "RDMA" : "network card", "nic")
        }
    }

    private func draw(_ box: Box, x: Int, y: Int, to body: inout String) {
        let caption = caption(box.tree.part)
        body += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(box.width)\" height=\"\(box.height)\" rx=\"6\" "
        body += "class=\"\(caption.look)\"/>\n"
        if box.children.isEmpty, caption.look == "gpu" || caption.look == "nic" {
            body += text(x + 10, y + 19, caption.title, "title")
            body += text(x + 10, y + 35, caption.detail, "small")
        } else {
            body +=
                "<text x=\"\(x + 10)\" y=\"\(y + 18)\"><tspan class=\"title\">\(Self.escaped(caption.title))</tspan>"
            body += "<tspan class=\"small\" dx=\"10\">\(Self.escaped(caption.detail))</tspan></text>\n"
        }
        for child in box.children { draw(child.box, x: x + child.x, y: y + child.y, to: &body) }
    }

    // MARK: GPUs by GPUs

    private func drawMatrix(x: Int, y: Int, to body: inout String) {
        body += text(x, y - 8, "How GPUs reach each other", "title")
        var seen: [GPUConnection] = []
        for row in topology.gpus.indices {
            let top = y + 22 + row * Length.square
            body += text(x, top + 21, "GPU \(topology.gpus[row].index)", "small")
            body += text(
                x + 56 + row * Length.square + Length.square / 2, y + 14, "\(topology.gpus[row].index)",
                "word")
            for column in topology.gpus.indices {
                let left = x + 56 + column * Length.square
                let connection = row == column ? nil : topology.connection(row, column)
                if let connection, !seen.contains(connection) { seen.append(connection) }
                body += "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(Length.square - 2)\" "
                body += "height=\"\(Length.square - 2)\" rx=\"3\" class=\"\(Self.look(connection))\"/>\n"
                body += text(left + Length.square / 2 - 1, top + 20, connection?.word ?? "", "word")
            }
        }
        let legend = x + 56 + topology.gpus.count * Length.square + 20
        for (index, connection) in seen.sorted(by: { $0.word < $1.word }).enumerated() {
            body += text(legend, y + 40 + index * 18, "\(connection.word): \(connection.meaning)", "small")
        }
    }

    private static func look(_ connection: GPUConnection?) -> String {
        switch connection {
        case nil: "self"
        case .link: "link"
        case .oneSwitch, .severalSwitches: "near"
        case .numaNode: "mid"
        case .system: "far"
        }
    }

    // MARK: Text

    private static func short(_ text: String) -> String {
        text.count <= 26 ? text : text.prefix(25) + "…"
    }

    private func text(_ x: Int, _ y: Int, _ text: String, _ look: String) -> String {
        text.isEmpty ? "" : "<text x=\"\(x)\" y=\"\(y)\" class=\"\(look)\">\(Self.escaped(text))</text>\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in VisibleText.line(text) {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
