package route53

import (
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/store"
)

// Profile is a set of names' settings that VPCs share. In the lab it is empty: it can be
// associated and is described, and decides about no name
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html).
type Profile struct {
	// ID is rp-…. Required.
	ID, Name string
}

// ProfileAssociation makes a profile hold in a VPC, which can have one.
type ProfileAssociation struct {
	// ID is rpassoc-…; Profile and VPC are ids. Required.
	ID, Profile, VPC string
	// Name is for people.
	Name string
}

// CreateProfile creates a profile.
func (n *Names) CreateProfile(c Profile) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.profiles.CheckFree(c.ID); err != nil {
		return err
	}
	n.profiles.ByID[c.ID] = &c
	return nil
}

// DeleteProfile deletes a profile that no VPC has.
func (n *Names) DeleteProfile(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.profiles.Get(id); err != nil {
		return err
	}
	for _, a := range n.profiled.ByID {
		if a.Profile == id {
			return inUse("profile %s is associated with VPC %s", id, a.VPC)
		}
	}
	delete(n.profiles.ByID, id)
	return nil
}

// AssociateProfile makes a profile hold in a VPC.
func (n *Names) AssociateProfile(c ProfileAssociation) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.profiled.CheckFree(c.ID); err != nil {
		return err
	}
	if _, err := n.profiles.Get(c.Profile); err != nil {
		return err
	}
	if _, err := n.network.VPCs().Get(c.VPC); err != nil {
		return notFound("Cannot find VPC '%s'.", c.VPC)
	}
	for _, a := range n.profiled.ByID {
		if a.VPC == c.VPC {
			return awserr.New("ResourceExistsException", "VPC %s has the profile %s already", c.VPC, a.Profile)
		}
	}
	n.profiled.ByID[c.ID] = &c
	return nil
}

// DisassociateProfile ends an association.
func (n *Names) DisassociateProfile(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.profiled.Get(id); err != nil {
		return err
	}
	delete(n.profiled.ByID, id)
	return nil
}

// Profiles describes all profiles in the order of their ids.
func (n *Names) Profiles() []Profile {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.profiles, func(p *Profile) Profile { return *p })
}

// ProfileAssociations describes all associations in the order of their ids.
func (n *Names) ProfileAssociations() []ProfileAssociation {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.profiled, func(a *ProfileAssociation) ProfileAssociation { return *a })
}
