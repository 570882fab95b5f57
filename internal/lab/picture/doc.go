// Package picture draws a network with the claims about it as one SVG.
//
//	Model ─▶ seats    columns of zones, rows of tiers, the VPC's edge, what is outside   seats.go
//	      ─▶ strands  the claims' paths, in channels between the boxes                   strand.go
//	      ─▶ place    the size and place of everything                                   place.go, subnet.go, lines.go
//	      ─▶ write    boxes, lines, and the list of all claims with their hops           write.go, over.go, list.go
//
// It is pure: the same model gives the same bytes. It knows no Region and no claims' kinds:
// package topology makes models of what exists in one. The SVG stands for itself: it has its
// colours for light and dark, no scripts, and its texts are texts. A claim is highlighted by
// its fragment, as in file.svg#claim-NAME, or by [Options.Claim].
package picture
