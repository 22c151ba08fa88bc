/// The page's looks: light or dark, as the reader's system is.
enum ReportStyle {
    /// How many colours tell queues and variants apart.
    static let colors = 8

    /// The style sheet. It has no characters that XML would take for markup.
    static let sheet = """
        :root{--page:#f6f7f9;--panel:#fff;--ink:#1b2130;--faint:#667085;--line:#e4e7ec;--held:#3567c9;--fragment:#e8a33d;
        --free:#dfe4ec;--down:#c0392b;--good:#137a4b;--bad:#b3261e;--q0:#3567c9;--q1:#d9772b;--q2:#23936a;--q3:#a24f9d;--q4:#b8941f;
        --q5:#2f9fbd;--q6:#cf4d63;--q7:#76809a;color-scheme:light dark}
        @media (prefers-color-scheme:dark){:root{--page:#0f131a;--panel:#171c26;--ink:#e7eaf0;--faint:#98a2b3;--line:#2a3140;
        --held:#5d8ff0;--fragment:#e0a040;--free:#2b3343;--down:#e5675c;--good:#4cc38a;--bad:#f2776c;--q0:#5d8ff0;--q1:#ee9450;--q2:#43bd8e;
        --q3:#c77cc3;--q4:#d9b840;--q5:#55c1dd;--q6:#ee7488;--q7:#98a2b8}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1360px;margin:0 auto;padding:32px 24px 48px}
        header{margin-bottom:8px}
        h1{font-size:30px;line-height:1.2;margin:0 0 8px}
        h2{font-size:19px;margin:36px 0 12px}
        h3{font-size:14px;margin:0 0 6px;font-weight:600}
        p{margin:0 0 6px}
        .kind{color:var(--faint);font-size:12px;letter-spacing:.08em;text-transform:uppercase}
        .lede{font-size:17px}
        .note,.caption,footer,figcaption{color:var(--faint);font-size:13px}
        .caption{margin-top:8px}
        footer{margin-top:40px;border-top:1px solid var(--line);padding-top:12px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px}
        .stack{display:flex;flex-direction:column;gap:16px}
        figure,.panel{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:14px 16px;min-width:0}
        .full{grid-column:1/-1}
        figcaption{margin-top:6px;max-width:90ch}
        svg{display:block;width:100%;height:auto}
        figure:not(.full) svg{max-width:900px}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:12px}
        .card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
        .card .title{font-size:13px;color:var(--faint);margin:0}
        .card .value{font-size:24px;font-weight:600;margin:0;font-variant-numeric:tabular-nums}
        .card .margin{font-size:13px;margin:0}
        .card .meaning{font-size:12px;color:var(--faint);margin:4px 0 0;line-height:1.35}
        .findings{margin:0;padding:12px 16px 12px 34px;background:var(--panel);border:1px solid var(--line);border-radius:10px}
        .scroll{overflow-x:auto;background:var(--panel);border:1px solid var(--line);border-radius:10px}
        table{border-collapse:collapse;width:100%;font-size:12.5px;font-variant-numeric:tabular-nums}
        th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
        thead th{color:var(--faint);font-weight:600}
        tbody th{font-weight:500}
        th[scope=row],th.words,td.words{text-align:left}
        td.words{color:var(--faint);white-space:normal}
        td.better{color:var(--good);font-weight:600}
        td.worse{color:var(--bad);font-weight:600}
        .faint,td.faint{color:var(--faint)}
        summary{cursor:pointer;color:var(--faint);font-size:13px;margin-bottom:8px}
        .legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 6px;font-size:12px;color:var(--faint)}
        .legend span{display:inline-flex;align-items:center;gap:6px}
        .legend i{display:inline-block;width:14px;height:10px;border-radius:2px;background:var(--c)}
        .legend i.stroke{height:0;border-top:2px solid var(--c);background:none;border-radius:0}
        .legend i.dashes{height:0;border-top:2px dashed var(--c);background:none;border-radius:0}
        text{fill:var(--ink);font-size:11px}
        text.tick,text.label,text.small{fill:var(--faint)}
        text.small{font-size:10px}
        text.middle{text-anchor:middle}
        text.end{text-anchor:end}
        line.grid{stroke:var(--line)}
        line.axis{stroke:var(--faint)}
        .tip{fill:transparent}
        .tip:hover{fill:var(--ink);fill-opacity:.1}
        .held{fill:var(--held)}
        .fragment{fill:var(--fragment)}
        .free{fill:var(--free)}
        .down{fill:var(--down);fill-opacity:.55}
        .capacity,.due{fill:none;stroke:var(--ink);stroke-width:1.5}
        .due{stroke-dasharray:5 4}
        .wait{stroke:var(--faint);stroke-width:1.5}
        .lost{stroke:var(--bad);stroke-width:2}
        .curve{fill:none;stroke:var(--c);stroke-width:2}
        .fill{fill:var(--c)}
        .pale{fill:var(--c);fill-opacity:.22}
        .c0{--c:var(--q0)}.c1{--c:var(--q1)}.c2{--c:var(--q2)}.c3{--c:var(--q3)}.c4{--c:var(--q4)}.c5{--c:var(--q5)}.c6{--c:var(--q6)}.c7{--c:var(--q7)}
        @media print{body{background:#fff}figure,.card,.scroll{break-inside:avoid}}
        """
}
