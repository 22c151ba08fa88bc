import CLibYAML

/// Reads the documents of a YAML text onto a tape.
///
/// A document that is not YAML ends where the next `---` begins, and reading goes on there, so that a file tells all
/// its errors at once.
struct YAMLReader {
    /// A container whose end has not come yet.
    struct Frame {
        let index: Int
        let isMapping: Bool
        let anchor: String?
        var count = 0
        var expectsKey: Bool
        /// The member that is being read is none: its key merges, or was refused.
        var skipsMember = false
        var merges = false
        /// Levels below this one, as far as read.
        var height = 0
    }

    /// A finished value that aliases may repeat.
    struct Anchor {
        let index: Int
        let height: Int
    }

    /// Why a document was left unfinished.
    enum Stop {
        case syntax(YAMLFailure)
        /// Ours to refuse, and reported: too deep, too large. The line is counted from 0 in the segment.
        case refused(line: Int)
    }

    /// How many entries the aliases of one text may add: a bound on what a few lines can expand to.
    static let maximumExpansion = 1_000_000

    let file: String
    var builder = TapeBuilder()
    var frames: [Frame] = []
    var anchors: [String: Anchor] = [:]
    var problems: [Problem] = []
    var expanded = 0
    private var documents: [Int] = []
    private var documentStart = 0
    /// The line where the segment begins that libyaml is reading.
    private var lineBase = 0
    private var refusedAt: Int?

    init(file: String) {
        self.file = file
    }

    mutating func read(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { read($0) }
    }

    /// The documents that are whole, and the problems.
    consuming func finish() -> ParsedText {
        let tape = Tape(file: file, builder: builder, lines: nil)
        return ParsedText(documents: documents.map { Value(tape: tape, index: $0) }, problems: problems)
    }

    private mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var end = text.count
        // Bytes that cannot be decoded, and where reading goes on behind them.
        var unreadable: (problem: Problem, resume: Int)?
        while problems.count < DocumentParser.maximumProblems {
            if start >= end {
                guard let gap = unreadable else { return }
                report(gap.problem)
                (start, end) = (gap.resume, text.count)
                lineBase = YAMLLines.count(text, before: start)
                unreadable = nil
                continue
            }
            let segment = UnsafeBufferPointer(rebasing: text[start..<end])
            let kept = (documents: documents.count, problems: problems.count)
            guard let stop = readSegment(segment) else {
                start = end
                continue
            }
            let line: Int
            switch stop {
            case .syntax(let failure) where failure.type == YAML_READER_ERROR && !YAMLLines.isUTF16(text):
                // libyaml decodes ahead: documents before the bad byte may be lost, so they are read on their own.
                documents.removeSubrange(kept.documents...)
                problems.removeSubrange(kept.problems...)
                let offset = min(start + failure.byteOffset, text.count)
                unreadable = (
                    unreadableProblem(failure, text, at: offset),
                    YAMLLines.documentMarker(text, from: offset, after: start) ?? text.count
                )
                end = YAMLLines.lastDocumentMarker(text, before: offset, after: start) ?? start
                continue
            case .syntax(let failure):
                report(problem(for: failure, in: segment, lineBase: lineBase))
                line = failure.mark.line
            case .refused(let refused):
                line = refused
            }
            let errorLine = start + YAMLLines.start(ofLine: line, in: segment)
            let resume =
                YAMLLines.isUTF16(text) ? nil : YAMLLines.documentMarker(text, from: errorLine, after: start)
            let next = min(resume ?? end, end)
            lineBase += YAMLLines.count(segment, before: next - start)
            start = next
        }
    }

    /// Reads up to the end of the segment, or to the first error that libyaml cannot get over.
    private mutating func readSegment(_ segment: UnsafeBufferPointer<UInt8>) -> Stop? {
        frames.removeAll(keepingCapacity: true)
        refusedAt = nil
        do throws(YAMLFailure) {
            var events = try YAMLEvents(segment)
            while try events.next({ handle($0) }) {
                if let line = refusedAt { return .refused(line: line) }
            }
            return nil
        } catch {
            return .syntax(error)
        }
    }

    /// Takes one event in; false when it was the last.
    private mutating func handle(_ event: yaml_event_t) -> Bool {
        switch event.type {
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT:
            return false
        case YAML_DOCUMENT_START_EVENT:
            anchors.removeAll(keepingCapacity: true)
            documentStart = builder.entries.count
        case YAML_DOCUMENT_END_EVENT:
            if documentStart < builder.entries.count, builder.entries[documentStart].kind != .null {
                documents.append(documentStart)
            }
        case YAML_SCALAR_EVENT:
            readScalar(event.data.scalar, at: place(event.start_mark))
        case YAML_ALIAS_EVENT:
            readAlias(String(cString: event.data.alias.anchor), at: place(event.start_mark))
        case YAML_SEQUENCE_START_EVENT:
            push(.sequence, anchor: event.data.sequence_start.anchor, at: place(event.start_mark))
        case YAML_MAPPING_START_EVENT:
            push(.mapping, anchor: event.data.mapping_start.anchor, at: place(event.start_mark))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            pop()
        default:
            break
        }
        return true
    }

    private mutating func push(
        _ kind: TapeEntry.Kind, anchor: UnsafeMutablePointer<yaml_char_t>?, at place: Place
    ) {
        let limit = DocumentParser.maximumDepth
        guard frames.count < limit else {
            refuse(
                place,
                "found lists and mappings nested deeper than \(limit) levels, expected at most \(limit)")
            return
        }
        let isKey = expectsKey
        if isKey {
            let what = kind == .mapping ? "a mapping" : "a list"
            report(place, "found \(what) as a key, expected text")
            frames[frames.count - 1].skipsMember = true
        }
        let index = builder.open(kind, position: place.line, column: place.column)
        if isKey { builder.entries[index].flags.insert(.hidden) }
        frames.append(
            Frame(
                index: index, isMapping: kind == .mapping, anchor: anchor.map { String(cString: $0) },
                expectsKey: kind == .mapping))
    }

    private mutating func pop() {
        var frame = frames.removeLast()
        if frame.isMapping { closeMembers(&frame) }
        builder.close(frame.index, count: frame.count)
        finishValue(anchor: frame.anchor, index: frame.index, height: frame.height + 1)
    }

    var expectsKey: Bool { frames.last?.expectsKey ?? false }

    /// Tells the container that holds it, and the anchors, that a value is complete.
    mutating func finishValue(anchor: String?, index: Int, height: Int) {
        if let anchor { anchors[anchor] = Anchor(index: index, height: height) }
        guard let last = frames.indices.last else { return }
        frames[last].height = max(frames[last].height, height)
        if frames[last].expectsKey {
            frames[last].expectsKey = false
            return
        }
        if !frames[last].skipsMember { frames[last].count += 1 }
        frames[last].skipsMember = false
        frames[last].expectsKey = frames[last].isMapping
    }
}

// Places and problems.
extension YAMLReader {
    /// A place in the text; lines and columns are counted from 0.
    struct Place {
        let line: UInt32
        let column: UInt16
    }

    private func place(_ mark: yaml_mark_t) -> Place {
        Place(line: UInt32(lineBase + mark.line), column: UInt16(min(mark.column, Int(UInt16.max))))
    }

    /// The place of an entry that is on the tape.
    func place(of index: Int) -> Place {
        Place(line: builder.entries[index].position, column: builder.entries[index].column)
    }

    /// Reports a problem that does not end the document.
    mutating func report(_ place: Place, _ message: String) {
        report(
            Problem(file: file, line: Int(place.line) + 1, column: Int(place.column) + 1, message: message))
    }

    /// Reports a problem that ends the document.
    mutating func refuse(_ place: Place, _ message: String) {
        report(place, message)
        refusedAt = Int(place.line) - lineBase
    }

    private mutating func report(_ problem: Problem) {
        // A `---` line that is wrong itself is met twice: when it ends a document and when it begins one.
        guard problems.count < DocumentParser.maximumProblems, problem != problems.last else { return }
        problems.append(problem)
    }
}
