/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/rune.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

enum { RUNE_BAD = 0xFFFD };

uint32_t rune_decode(const char **text)
{
    uint32_t rune = RUNE_BAD;
    size_t length = text_decode(*text, strnlen(*text, TEXT_RUNE_SIZE), &rune);
    *text += length > 0 ? length : 1;
    return rune;
}

bool rune_is_narrow(uint32_t rune)
{
    /* Ranges that take no column or two, after Unicode's EastAsianWidth and DerivedGeneralCategory tables, widened to
     * whole blocks: a chart needs none of these. */
    static const uint32_t other[][2] = {
        {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x0300, 0x036F},    {0x0483, 0x0489}, {0x0590, 0x08FF},
        {0x0900, 0x10FF}, {0x1100, 0x11FF}, {0x1200, 0x1CFF}, {0x1DC0, 0x1DFF},    {0x200B, 0x200F}, {0x2028, 0x202E},
        {0x2060, 0x206F}, {0x20D0, 0x20FF}, {0x231A, 0x231B}, {0x2329, 0x232A},    {0x23E9, 0x23EC}, {0x23F0, 0x23F0},
        {0x23F3, 0x23F3}, {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2630, 0x2637},    {0x2648, 0x2653}, {0x267F, 0x267F},
        {0x268A, 0x268F}, {0x2693, 0x2693}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB},    {0x26BD, 0x26BE}, {0x26C4, 0x26C5},
        {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA}, {0x26F2, 0x26F5},    {0x26FA, 0x26FA}, {0x26FD, 0x26FD},
        {0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274E},    {0x2753, 0x2757}, {0x2795, 0x2797},
        {0x27B0, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B55}, {0x2CEF, 0x2CF1},    {0x2DE0, 0x2DFF}, {0x2E80, 0xABFF},
        {0xAC00, 0xD7FF}, {0xD800, 0xDFFF}, {0xE000, 0xFAFF}, {0xFB1D, 0xFDFF},    {0xFE00, 0xFE6F}, {0xFE70, 0xFEFF},
        {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0xFFF0, 0xFFFF}, {0x10000, 0x10FFFF},
    };
    size_t low = 0;
    size_t high = sizeof other / sizeof other[0];
    while (low < high) { /* the first range that does not end before the rune */
        size_t middle = low + (high - low) / 2;
        if (other[middle][1] < rune)
            low = middle + 1;
        else
            high = middle;
    }
    return rune <= 0x10FFFF && rune < other[low][0];
}

bool rune_is_raised(uint32_t rune)
{
    return rune == 0x00B9 || rune == 0x00B2 || rune == 0x00B3 || rune == 0x2070 || (rune >= 0x2074 && rune <= 0x207B) ||
           rune == 0x1D40;
}

struct spelling {
    uint32_t rune;
    char ascii[RUNE_SPELLING_MAX];
};

/* What titles, labels, explanations and scenario texts use. */
static const struct spelling spelling_table[] = {
    {0x00A0, " "},     /* no-break space */
    {0x00B0, " deg"},  /* ° */
    {0x00B1, "+-"},    /* ± */
    {0x00B2, "^2"},    /* ² */
    {0x00B3, "^3"},    /* ³ */
    {0x00B5, "u"},     /* µ */
    {0x00B7, "."},     /* · */
    {0x00B9, "^1"},    /* ¹ */
    {0x00BD, "1/2"},   /* ½ */
    {0x00C2, "A^"},    /* Â */
    {0x00D7, "x"},     /* × */
    {0x00E2, "a^"},    /* â */
    {0x0394, "Delta"}, /* Δ */
    {0x03A3, "Sum"},   /* Σ */
    {0x03B1, "alpha"},  {0x03B2, "beta"}, {0x03B4, "delta"}, {0x03B5, "e"},   {0x03B8, "theta"}, {0x03BA, "kappa"},
    {0x03BB, "lambda"}, {0x03BC, "mu"},   {0x03C0, "pi"},    {0x03C1, "rho"}, {0x03C3, "s"},     {0x03C4, "tau"},
    {0x1D40, "^T"}, /* ᵀ */
    {0x2010, "-"},      {0x2011, "-"},    {0x2012, "-"},     {0x2013, "-"},   {0x2014, "-"},     {0x2016, "||"}, /* ‖ */
    {0x2018, "'"},      {0x2019, "'"},    {0x201C, "\""},    {0x201D, "\""},  {0x2022, "*"},     {0x2026, "..."},
    {0x2032, "'"},      {0x2070, "^0"},   {0x2074, "^4"},    {0x2075, "^5"},  {0x2076, "^6"},    {0x2077, "^7"},
    {0x2078, "^8"},     {0x2079, "^9"},   {0x207A, "^+"},    {0x207B, "^-"}, /* ⁻ */
    {0x2080, "_0"},     {0x2081, "_1"},   {0x2082, "_2"},    {0x2083, "_3"},  {0x2084, "_4"},    {0x2085, "_5"},
    {0x2086, "_6"},     {0x2087, "_7"},   {0x2088, "_8"},    {0x2089, "_9"},  {0x209C, "_t"},    {0x2190, "<-"},
    {0x2191, "up"},     {0x2192, "->"},   {0x2193, "down"},  {0x2194, "<->"}, {0x21B5, "Enter"}, {0x21E5, "Tab"},
    {0x23CE, "Enter"},  {0x2208, " in "}, {0x2211, "Sum"},   {0x2212, "-"},   {0x221A, "sqrt"},  {0x221E, "inf"},
    {0x223C, "~"},      {0x2248, "~"},    {0x2260, "!="},    {0x2264, "<="},  {0x2265, ">="},    {0x226A, "<<"},
    {0x226B, ">>"},     {0x2500, "-"},    {0x2502, "|"},     {0x250C, "+"},   {0x2510, "+"},     {0x2514, "+"},
    {0x2518, "+"},      {0x251C, "+"},    {0x2524, "+"},     {0x252C, "+"},   {0x2534, "+"},     {0x253C, "+"},
    {0x254C, "-"},      {0x254E, ":"},    {0x2588, "#"},     {0x2591, "."},   {0x2592, ":"},     {0x2593, "#"},
    {0x25A0, "#"}, /* ■: markers are spelt as the charts draw them */
    {0x25A1, "H"},      {0x25B2, "^"},    {0x25B3, "A"},     {0x25B6, ">"},   {0x25B8, ">"},     {0x25BA, ">"},
    {0x25BC, "v"},      {0x25BD, "V"},    {0x25BE, "v"},     {0x25C0, "<"},   {0x25C2, "<"},     {0x25C4, "<"},
    {0x25C6, "*"},      {0x25C7, "D"},    {0x25CB, "O"},     {0x25CF, "o"},   {0x2605, "%"},     {0x2606, "S"},
    {0x2713, "ok"},     {0x2717, "x"},
};

/* U+00C0 to U+00FF: Latin letters lose their accents. */
static const char latin_table[64][2] = {
    "A", "A", "A", "A", "A", "A", "A", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N", "O", "O", "O", "O",
    "O", "x", "O", "U", "U", "U", "U", "Y", "T", "s", "a", "a", "a", "a", "a", "a", "a", "c", "e", "e", "e", "e",
    "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", "/", "o", "u", "u", "u", "u", "y", "t", "y",
};

const char *rune_ascii(uint32_t rune)
{
    for (size_t i = 0; i < sizeof spelling_table / sizeof spelling_table[0]; i++) {
        if (spelling_table[i].rune == rune)
            return spelling_table[i].ascii;
    }
    return rune >= 0xC0 && rune <= 0xFF ? latin_table[rune - 0xC0] : "?";
}
