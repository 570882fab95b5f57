// Package picture draws a network with the claims about it as one SVG.
//
//	Model ─▶ place   columns of zones, rows of tiers, the VPC's edge, what is outside   place.go
//	      ─▶ lines   the claims' paths, in channels between the boxes                   lines.go
//	      ─▶ write   boxes, lines, and the list of all claims with their hops           write.go, list.go
//
// It is pure: the same model gives the same bytes. It knows no Region and no claims' kinds:
// package topology makes models of what exists in one. The SVG stands for itself: it has its
// colours for light and dark, no scripts, and its texts are texts. A claim is highlighted by
// its fragment, as in file.svg#claim-NAME, or by [Options.Claim].
package picture
