#include "csimdjson.h"

#include <memory>
#include <simdjson.h>

// Only the first stage of simdjson is used: it checks UTF-8 and finds tokens, which is the part that vector
// instructions make fast. The library's own second stage forgets where values were, refuses integers beyond 64 bits
// and says of an error neither line nor column; ours (in Swift) keeps all of that.

using simdjson::internal::dom_parser_implementation;

bool csimdjson_find_tokens(const uint8_t *text, size_t length, csimdjson_tokens *tokens) {
    std::unique_ptr<dom_parser_implementation> parser;
    // The depth limit is the second stage's; 1 keeps its stack small. The offsets' memory is reserved for the worst
    // case, 4 bytes a byte of text, and touched only as far as there are tokens.
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(length + 1, 1, parser)
        != simdjson::SUCCESS) {
        return false;
    }
    if (parser->stage1(text, length, simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
        return false;
    }
    tokens->offsets = parser->structural_indexes.get();
    tokens->count = parser->n_structural_indexes;
    tokens->owner = parser.release();
    return true;
}

void csimdjson_release(csimdjson_tokens *tokens) {
    delete static_cast<dom_parser_implementation *>(tokens->owner);
    *tokens = {};
}
