package ssotest

// Faults are the ways in which the issuer can misbehave. A relying party has to refuse the sign-in, except where claims
// are in userinfo only or missing, which is allowed.
type Faults struct {
	Down bool // every answer is a 503

	// In the authorization response.
	NoIss    bool // the promised `iss` is left out
	WrongIss bool // `iss` names another issuer

	// In the ID token.
	NoIDToken       bool
	WrongNonce      bool
	NoNonce         bool
	AlgNone         bool // unsigned
	Symmetric       bool // HS256 with the client's secret
	KeyConfusion    bool // HS256 with the public key's bytes as the secret
	ForeignKey      bool // signed with a key that is not among the published ones, under a published key's id
	UnknownKey      bool // as ForeignKey, under an id of its own
	Tampered        bool // changed after it was signed
	ForeignAudience bool
	ForeignParty    bool // `azp` is another client
	ManyAudiences   bool // two audiences and no `azp`
	Expired         bool
	FromTheFuture   bool // `iat` an hour ahead
	NotYetValid     bool // `nbf` an hour ahead
	OtherIssuer     bool
	NoSubject       bool
	WrongAtHash     bool

	// In the claims about the person.
	UserInfoOnly         bool // the ID token has nothing but the subject
	UserInfoOtherSubject bool
	UserInfoDown         bool
	NoRoles              bool // the roles claim is nowhere
	Overage              bool // the roles claim is left out and referred to, as Entra ID does with many groups
	TokenDown            bool // the token endpoint answers 500 with a page of HTML
	KeysDown             bool // the published keys cannot be read

	// Edit changes the ID token's claims last, before they are signed.
	Edit func(claims map[string]any)
}

// Misbehave sets the faults.
func (i *Issuer) Misbehave(f Faults) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = f
}

func (i *Issuer) fault() Faults {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.faults
}

// algorithms are those of the discovery document, with the bad one of a fault.
func (f Faults) algorithms() []string {
	algorithms := []string{"ES256"}
	if f.AlgNone {
		algorithms = append(algorithms, "none")
	}
	if f.Symmetric || f.KeyConfusion {
		algorithms = append(algorithms, "HS256")
	}
	return algorithms
}
