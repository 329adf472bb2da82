//go:build !types2

package engine

import "typerace/harness/internal/wire"

// judgeByOther returns nil: there is no other checker here.
func (e *Engine) judgeByOther(*wire.RunRequest) *wire.RunReply { return nil }
