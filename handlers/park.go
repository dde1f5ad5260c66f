package handlers

// restored says that the form was kept over a sign-in and is drawn again: it is not sent.
func (v *visit) restored() bool { return v.request().Context().Value(restoredKey{}) != nil }

type restoredKey struct{}
