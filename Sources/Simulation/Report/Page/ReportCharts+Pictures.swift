import ClusterModel

extension ReportCharts {
    /// Which GPUs of which nodes were in use at some times: drawings for all variants of one time stand side by side.
    func writePictures(_ page: inout Markup) {
        let count = min(Self.mostPictures, runs.map(\.details.pictures.count).max() ?? 0)
        for index in 0..<count {
            if index > 0 { beginRow(&page) }
            for run in runs where index < run.details.pictures.count {
                write(&page, run, run.details.pictures[index])
            }
        }
    }

    /// More pictures than these are not drawn: a page has an end.
    private static let mostPictures = 4
    /// More nodes than these are drawn in groups.
    private static let mostNodes = 400

    /// A column of a picture: a node, or several of one model.
    private struct Column {
        let title: String
        var nodes: Int
        var up: Int
        var gpus: Int64
        var used: Int64
    }

    private func write(_ page: inout Markup, _ run: Run, _ picture: OccupancyPicture) {
        let groups = Self.columns(picture)
        let nodes = picture.nodes
        let most = nodes.map(\.gpus).max() ?? 0
        let cells = Int(min(max(most, 1), 16))
        let isGrouped = nodes.count > Self.mostNodes
        let (width, left) = (640.0, 4.0)
        let columns = groups.map(\.columns.count).max() ?? 1
        // As wide as there is room for, so that a small cluster does not look lost.
        let columnWidth = min(36.0, max(12.0, (width - 2 * left) / Double(max(1, columns))))
        let perRow = max(1, Int((width - 2 * left) / columnWidth))
        let cell = cells > 8 ? 5.0 : columnWidth > 24 ? 10.0 : 7.0
        let rowHeight = Double(cells) * cell + 8
        let height = groups.reduce(6.0) { sum, group in
            sum + 18 + Double((group.columns.count + perRow - 1) / perRow) * rowHeight
        }
        figure(
            &page,
            title: title("After \(FigureText.duration(seconds: Double(picture.time) / 1_000))", run),
            legend: [
                LegendEntry(text: "in use", style: "held"), LegendEntry(text: "idle", style: "free"),
                LegendEntry(text: "node takes no pods", style: "down"),
            ], caption: Self.sentence(picture, isGrouped: isGrouped)
        ) { page in
            ChartFrame.svg(&page, width: width, height: height, label: "GPUs in use, node by node") { page in
                var y = 6.0
                for group in groups {
                    ChartFrame.text(
                        &page, left, y + 10, group.model.isEmpty ? "GPUs" : group.model, class: "label")
                    y += 18
                    for begin in stride(from: 0, to: group.columns.count, by: perRow) {
                        let row = group.columns[begin..<min(begin + perRow, group.columns.count)]
                        Self.writeRow(
                            &page, row, x: left, y: y, columnWidth: columnWidth, cell: cell, cells: cells,
                            most: most)
                        y += rowHeight
                    }
                }
            }
        }
    }

    /// Nodes side by side, their GPUs one above the other, those in use at the bottom.
    private static func writeRow(
        _ page: inout Markup, _ row: ArraySlice<Column>, x: Double, y: Double, columnWidth: Double,
        cell: Double,
        cells: Int, most: Int64
    ) {
        var paths = ["held": "", "free": "", "down": ""]
        let bottom = y + Double(cells) * cell
        for (index, column) in row.enumerated() {
            let left = x + Double(index) * columnWidth
            let there = scaled(column.gpus, of: most * Int64(column.nodes), to: cells, least: 1)
            let held = scaled(
                column.used, of: most * Int64(column.nodes), to: cells, least: column.used > 0 ? 1 : 0)
            for place in 0..<there {
                let kind = column.up == 0 ? "down" : place < held ? "held" : "free"
                let top = FigureText.coordinate(bottom - Double(place + 1) * cell)
                let size = FigureText.coordinate(columnWidth - 2)
                paths[kind, default: ""] +=
                    "M\(FigureText.coordinate(left)) \(top)h\(size)v\(FigureText.coordinate(cell - 1))h-\(size)z"
            }
        }
        for kind in ["held", "free", "down"] { ChartFrame.path(&page, paths[kind] ?? "", class: kind) }
        for (index, column) in row.enumerated() {
            let state =
                column.up == column.nodes
                ? "" : column.nodes == 1 ? "; takes no pods" : "; \(column.up) take pods"
            ChartFrame.rectangle(
                &page, x: x + Double(index) * columnWidth, y: y, width: columnWidth - 2,
                height: Double(cells) * cell, class: "tip",
                tip: "\(column.title): \(column.used) of \(column.gpus) GPUs in use\(state)")
        }
    }

    private static func scaled(_ amount: Int64, of most: Int64, to cells: Int, least: Int) -> Int {
        guard most > 0 else { return 0 }
        let cellsUsed = Int((Double(amount) / Double(most) * Double(cells)).rounded())
        return min(cells, max(least, cellsUsed))
    }

    /// The nodes by model; so many in a column that the picture has few enough of them.
    private static func columns(_ picture: OccupancyPicture) -> [(model: String, columns: [Column])] {
        let size = max(1, (picture.nodes.count + mostNodes - 1) / mostNodes)
        let models = Set(picture.nodes.map(\.model)).sorted { $0.precedes($1) }
        return models.map { model in
            let nodes = picture.nodes.filter { $0.model == model }
            let columns = stride(from: 0, to: nodes.count, by: size).map { begin in
                let group = nodes[begin..<min(begin + size, nodes.count)]
                let name = group.first?.name ?? ""
                return Column(
                    title: group.count == 1 ? name : "\(name) to \(group.last?.name ?? "")",
                    nodes: group.count,
                    up: group.count { $0.isUp }, gpus: group.reduce(0) { $0 + $1.gpus },
                    used: group.reduce(0) { $0 + $1.used })
            }
            return (model, columns)
        }
    }

    private static func sentence(_ picture: OccupancyPicture, isGrouped: Bool) -> String {
        let up = picture.nodes.filter(\.isUp)
        let gpus = up.reduce(0) { $0 + $1.gpus }
        let used = up.reduce(0) { $0 + $1.used }
        let whole = up.count { $0.used == 0 }
        let partly = up.count { $0.used > 0 && $0.used < $0.gpus }
        var text = isGrouped ? "A column is several nodes" : "A column is a node"
        text += ", a cell \(isGrouped ? "a share of their GPUs" : "a GPU"). "
        text += "\(FigureText.count(Int(used))) of \(FigureText.count(Int(gpus))) GPUs are in use; "
        text += "\(FigureText.count(whole)) of \(FigureText.count(up.count)) nodes are free, "
        text += "\(FigureText.count(partly)) used in part."
        let down = picture.nodes.count - up.count
        if down > 0 { text += " Another \(FigureText.count(down)) cannot take pods." }
        return text
    }
}
