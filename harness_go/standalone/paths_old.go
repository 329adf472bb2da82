//go:build xtools && !go1.26

package standalone

import (
	"go/types"

	"golang.org/x/tools/go/types/objectpath"
)

// encodePath uses an Encoder for each object: here it has no lock.
func encodePath(obj types.Object) (objectpath.Path, error) { return objectpath.For(obj) }
