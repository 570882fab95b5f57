package region_test
import ("testing";"os";"fmt";"provenendpoints/internal/lab/region";"sync";"provenendpoints/internal/lab/cfn";"provenendpoints/internal/test/assembled")
func TestZZ(t *testing.T){
 for i := range 4 {
	var stacks []cfn.Stack
	for _, id := range assembled.Scenarios { stacks = append(stacks, scenario(t, id)) }
	r := newRegion(t, region.Options{Seed: 1})
	var all sync.WaitGroup
	for _, s := range stacks { all.Go(func(){ r.Deploy(within(t), s) }) }
	all.Wait()
	f,_ := os.Create(fmt.Sprintf("/tmp/late_zz%d", i))
	for _, l := range r.Logs("EndpointService") { fmt.Fprintln(f, l.Name); fmt.Fprintln(f, l.Text) }
	f.Close()
 }
}
