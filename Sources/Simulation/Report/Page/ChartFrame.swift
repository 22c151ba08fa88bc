/// A drawing with axes: where a value lies, and the lines and labels around it.
///
/// Coordinates are the drawing's own; the page scales it to the room that there is. Every coordinate is rounded to a tenth, and
/// computed from additions and multiplications, so that the same values give the same bytes.
struct ChartFrame {
    /// What a place along an axis means.
    enum Scale {
        /// Proportional, from 0 to `most`.
        case linear(most: Double)
        /// Proportional to the logarithm, from `least` to `most`; what is less lies at the beginning.
        case logarithmic(least: Double, most: Double)

        /// Where a value lies, from 0 to 1; what lies outside is put on the edge.
        func fraction(_ value: Double) -> Double {
            switch self {
            case .linear(let most): return most > 0 ? min(1, max(0, value / most)) : 0
            case .logarithmic(let least, let most):
                guard value > least, most > least else { return 0 }
                let (low, high) = (DeterministicMath.log(least), DeterministicMath.log(most))
                return min(1, (DeterministicMath.log(value) - low) / (high - low))
            }
        }
    }

    /// A labelled place on an axis.
    struct Tick {
        let value: Double
        let label: String
    }

    let width: Double
    let height: Double
    let left: Double
    var right: Double = 14
    var top: Double = 10
    var bottom: Double = 34
    let horizontal: Scale
    let vertical: Scale

    init(width: Double = 640, height: Double = 230, left: Double = 52, horizontal: Scale, vertical: Scale) {
        self.width = width
        self.height = height
        self.left = left
        self.horizontal = horizontal
        self.vertical = vertical
    }

    var plotWidth: Double { width - left - right }
    var plotHeight: Double { height - top - bottom }

    func x(_ value: Double) -> Double { left + plotWidth * horizontal.fraction(value) }
    func y(_ value: Double) -> Double { top + plotHeight * (1 - vertical.fraction(value)) }

    /// Writes the drawing: `content` draws between grid and axes.
    ///
    /// - Parameter label: What it shows, for those who cannot see it.
    func draw(
        _ page: inout Markup, label: String, xTicks: [Tick], yTicks: [Tick], xTitle: String, yTitle: String,
        _ content: (inout Markup) -> Void
    ) {
        Self.svg(&page, width: width, height: height, label: label) { page in
            for tick in yTicks {
                Self.line(&page, left, y(tick.value), width - right, y(tick.value), class: "grid")
                Self.text(&page, left - 6, y(tick.value) + 4, tick.label, class: "tick end")
            }
            for tick in xTicks {
                Self.line(&page, x(tick.value), top, x(tick.value), height - bottom, class: "grid")
            }
            content(&page)
            Self.line(&page, left, height - bottom, width - right, height - bottom, class: "axis")
            for tick in xTicks {
                Self.text(&page, x(tick.value), height - bottom + 14, tick.label, class: "tick middle")
            }
            Self.text(&page, left + plotWidth / 2, height - 5, xTitle, class: "label middle")
            if yTitle.isEmpty { return }
            let middle = FigureText.coordinate(top + plotHeight / 2)
            page.element(
                "text",
                [
                    ("class", "label middle"), ("x", "11"), ("y", middle), ("transform", "rotate(-90 11 \(middle))"),
                ], text: yTitle)
        }
        page.line()
    }

    // MARK: Shapes

    /// Writes a drawing without axes.
    static func svg(
        _ page: inout Markup, width: Double, height: Double, label: String, _ content: (inout Markup) -> Void
    ) {
        let size = "0 0 \(FigureText.coordinate(width)) \(FigureText.coordinate(height))"
        page.element(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", size), ("role", "img"),
                ("aria-label", label),
            ], content)
    }

    static func line(
        _ page: inout Markup, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String
    ) {
        page.empty(
            "line",
            [
                ("class", name), ("x1", FigureText.coordinate(x1)), ("y1", FigureText.coordinate(y1)),
                ("x2", FigureText.coordinate(x2)), ("y2", FigureText.coordinate(y2)),
            ])
    }

    static func text(_ page: inout Markup, _ x: Double, _ y: Double, _ text: String, class name: String) {
        page.element(
            "text", [("class", name), ("x", FigureText.coordinate(x)), ("y", FigureText.coordinate(y))],
            text: text)
    }

    /// A rectangle; with a tip, one that says something when it is pointed at.
    static func rectangle(
        _ page: inout Markup, x: Double, y: Double, width: Double, height: Double, class name: String,
        tip: String? = nil
    ) {
        let attributes: Markup.Attributes = [
            ("class", name), ("x", FigureText.coordinate(x)), ("y", FigureText.coordinate(y)),
            ("width", FigureText.coordinate(max(0, width))), ("height", FigureText.coordinate(max(0, height))),
        ]
        guard let tip else { return page.empty("rect", attributes) }
        page.element("rect", attributes) { $0.element("title", text: tip) }
    }

    /// A path in steps: each value holds from its beginning to its end.
    ///
    /// - Parameter floor: For an area, the lower edge at each value; `nil` for a line.
    func steps(_ ends: [Double], _ values: [Double], floor: [Double]? = nil) -> String {
        guard !values.isEmpty else { return "" }
        var path = "M\(FigureText.coordinate(x(0))) \(FigureText.coordinate(y(values[0])))"
        for index in values.indices {
            if index > 0, FigureText.coordinate(y(values[index])) != FigureText.coordinate(y(values[index - 1])) {
                path += "V\(FigureText.coordinate(y(values[index])))"
            }
            path += "H\(FigureText.coordinate(x(ends[index])))"
        }
        guard let floor else { return path }
        for index in values.indices.reversed() {
            path += "V\(FigureText.coordinate(y(floor[index])))"
            path += "H\(FigureText.coordinate(x(index == 0 ? 0 : ends[index - 1])))"
        }
        return path + "Z"
    }

    static func path(_ page: inout Markup, _ path: String, class name: String) {
        if !path.isEmpty { page.empty("path", [("class", name), ("d", path)]) }
    }
}
