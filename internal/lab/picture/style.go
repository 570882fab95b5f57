package picture

import (
	"crypto/sha256"
	"encoding/base64"
)

// style is the style sheet of every picture. Its colours have the contrast that WCAG 2.2
// wants of text and of graphics, in light and dark (www.w3.org/TR/WCAG22/#contrast-minimum).
const style = `
.pic{--ground:#fff;--vpc:#f6f8fa;--box:#fff;--line:#c3cad3;--ink:#1b1f24;--quiet:#525c68;--good:#0a6b2e;--bad:#b3261e;--open:#8a5300;--on:#fff;--public:#6b4fc8;--private:#20699e;--isolated:#5d6875;--group:#a8502a;--sign:#3d5a80}
@media (prefers-color-scheme:dark){.pic{--ground:#14171b;--vpc:#1b1f25;--box:#23282f;--line:#464f5b;--ink:#e6e9ed;--quiet:#a9b3be;--good:#7fd49a;--bad:#ff9c94;--open:#f3c26b;--on:#14171b;--public:#b5a3f5;--private:#82bfee;--isolated:#a9b3be;--group:#eda484;--sign:#9db9dc}}
.pic{font-family:"Helvetica Neue",Arial,"Liberation Sans","DejaVu Sans Condensed",sans-serif;font-size:12px;fill:var(--ink)}
.pic .ground{fill:var(--ground)}.pic .vpc{fill:var(--vpc);stroke:var(--line);stroke-width:1.5}
.pic .box{fill:var(--box);stroke:var(--line)}.pic .cover{fill:var(--box)}.pic .frame{fill:none;stroke:var(--group);stroke-dasharray:4 3}
.pic .title{font-size:17px;font-weight:700}.pic .b{font-weight:600}.pic .s{font-size:11px}.pic .q{fill:var(--quiet)}.pic .g{fill:var(--group)}.pic .e{text-anchor:end}.pic .m{text-anchor:middle}
.pic .tier-public{fill:var(--public)}.pic .tier-private{fill:var(--private)}.pic .tier-isolated{fill:var(--isolated)}
.pic .sign{fill:none;stroke:var(--sign);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.pic .rule{stroke:var(--line)}.pic .near{fill:none;stroke:var(--line);stroke-width:1.5}.pic .dead{text-decoration:line-through}
.pic .path{fill:none;stroke-width:2}.pic .holds{--c:var(--good)}.pic .refuted{--c:var(--bad)}.pic .unproven{--c:var(--open)}
.pic .path,.pic .bar{stroke:var(--c)}.pic .end,.pic .pill,.pic .word{fill:var(--c)}.pic .cut{stroke:var(--on);stroke-width:2}
.pic .unproven .path{stroke-dasharray:2 3}.pic .refuted .path{stroke-dasharray:8 3}.pic .faint .path{stroke-width:1.2;opacity:.55}
.pic .on-pill{fill:var(--on);font-size:10px;font-weight:700;text-anchor:middle}
.pic a{text-decoration:none}.pic a:hover text,.pic a:focus text{text-decoration:underline}.pic a:focus{outline:2px solid var(--sign)}
.pic .claim{display:none}.pic .claim:target,.pic .claim.chosen{display:inline}.pic .claim .path{stroke-width:5}
.pic:has(.claim:target) .strand,.pic.one .strand{opacity:.15}
`

// StyleHash is the hash by which a Content-Security-Policy allows the style sheet of the
// pictures where they are part of a page (www.w3.org/TR/CSP3/#grammardef-hash-source).
func StyleHash() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// signs are the pictograms of the kinds, in a square of 14.
var signs = map[Kind]string{
	Instance:        "M3 3h8v8h-8zM5.5 5.5h3v3h-3zM5 1v2M9 1v2M5 11v2M9 11v2M1 5h2M1 9h2M11 5h2M11 9h2",
	Function:        "M3 2h2.5l5 10M6.7 5.2l-3.7 6.8",
	Prober:          "M10 6a4 4 0 1 1-8 0a4 4 0 0 1 8 0zM9 9l4 4M4 6h4M6 4v4",
	Interface:       "M2 4h10v6h-10zM4.5 10v2.5M7 10v2.5M9.5 10v2.5",
	Endpoint:        "M13 7a6 6 0 1 1-12 0a6 6 0 0 1 12 0zM9.5 7a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z",
	EndpointService: "M13 7a6 6 0 1 1-12 0a6 6 0 0 1 12 0zM4.5 7h5M7 4.5v5",
	Balancer:        "M1 7h4M5 7l6-4.5M5 7h7M5 7l6 4.5M12.5 2v1M12.5 6.5v1M12.5 11v1",
	Gateway:         "M2 13v-7a5 5 0 0 1 10 0v7zM5 13v-6a2 2 0 0 1 4 0v6",
	NAT:             "M1 4.5h11M9 1.5l3 3l-3 3M13 9.5h-11M5 6.5l-3 3l3 3",
	Peering:         "M8.5 7a3.5 3.5 0 1 1-7 0a3.5 3.5 0 0 1 7 0zM12.5 7a3.5 3.5 0 1 1-7 0a3.5 3.5 0 0 1 7 0z",
	Resolver:        "M2 1.5h10v11h-10zM4.5 4.5h5M4.5 7h5M4.5 9.5h3",
	Connect:         "M1.5 2.5h11v9h-11zM4 5.5l2 1.8l-2 1.8M7.5 9.5h3",
	Service:         "M4 11.5a3 3 0 0 1 0-6a3.5 3.5 0 0 1 6.7-.6a3.3 3.3 0 0 1 0 6.6z",
	Internet:        "M13 7a6 6 0 1 1-12 0a6 6 0 0 1 12 0zM1 7h12M7 1c-4 4-4 8 0 12M7 1c4 4 4 8 0 12",
	Stranger:        "M1.5 12.5v-7l5.5-4l5.5 4v7zM6 9.5a1 1 0 1 0 2 0a1 1 0 1 0-2 0",
}
