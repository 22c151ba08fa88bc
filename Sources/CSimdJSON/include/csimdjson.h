#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where the tokens of a JSON text begin: brackets, colons, commas, opening quotes, first bytes of other scalars.
typedef struct {
    const uint32_t *offsets;
    size_t count;
    /// What csimdjson_release gives back.
    void *owner;
} csimdjson_tokens;

/// Finds the tokens of `text` with simdjson's vectorised first stage, picked for the processor at run time.
///
/// Reads exactly `length` bytes, at most 4 GiB - 2 (the stage copies an incomplete last block, so the text needs no
/// padding). Grammar is not checked: that is the caller's work.
///
/// Returns false, with nothing to release, when the text is no UTF-8, a string is not closed or holds a raw control
/// character, the text has no token, or memory ran out. It does not say which, nor where.
bool csimdjson_find_tokens(const uint8_t *text, size_t length, csimdjson_tokens *tokens);

/// Gives back what csimdjson_find_tokens handed out. Call it once for each success.
void csimdjson_release(csimdjson_tokens *tokens);

#ifdef __cplusplus
}
#endif

#endif
