//go:build xtools && go1.26

package standalone

import (
	"go/types"

	"golang.org/x/tools/go/types/objectpath"
)

var encoder objectpath.Encoder

// encodePath uses one Encoder for all goroutines.
func encodePath(obj types.Object) (objectpath.Path, error) { return encoder.For(obj) }
