/* The family `perp`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const pairs_known[] = {"DX-PERP", "sAX-PERP", NULL};
static const char *const sides_known[] = {"long", "short", NULL};

static const struct param_spec add_margin_params[] = {
    {"trigger", PARAM_COUNT, "110", NULL},
    {0},
};
static const struct param_spec close_params[] = {
    {"position", PARAM_TEXT, NULL, NULL},
    {0},
};
static const struct param_spec funding_params[] = {
    {"interval", PARAM_DURATION, "8h", NULL},
    {0},
};
static const struct param_spec liquidation_cascade_params[] = {
    {"accounts", PARAM_COUNT, "50", NULL},
    {"dump", PARAM_FRACTION, "20%", NULL},
    {"leverage", PARAM_COUNT, "20", NULL},
    {0},
};
static const struct param_spec open_params[] = {
    {"leverage", PARAM_COUNT, "5", NULL},
    {"pair", PARAM_CHOICE, "DX-PERP", pairs_known},
    {"side", PARAM_CHOICE, "long", sides_known},
    {"size", PARAM_AMOUNT, "10000", NULL},
    {0},
};
static const struct param_spec trade_params[] = {
    {"hold", PARAM_DURATION, "[10s, 5m]", NULL},
    {"leverage", PARAM_LIST, "[\"1\", \"2\", \"5\", \"10\"]", NULL},
    {"pairs", PARAM_LIST, "[DX-PERP, sAX-PERP]", pairs_known},
    {"sides", PARAM_LIST, "[long, short]", sides_known},
    {"size", PARAM_AMOUNT, "[1000, 100000]", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "perp.add_margin",
     .summary = "add margin before liquidation",
     .roles = "trader",
     .pattern = "PT-L-052",
     .params = add_margin_params},
    {.name = "perp.close",
     .summary = "close a position at mark",
     .roles = "trader",
     .pattern = "PT-L-051",
     .params = close_params},
    {.name = "perp.funding",
     .summary = "hold across a funding tick",
     .roles = "trader",
     .pattern = "PT-L-053",
     .params = funding_params},
    {.name = "perp.liquidate", .summary = "liquidate an unsafe position", .roles = "trader", .pattern = "PT-L-054"},
    {.name = "perp.liquidation_cascade",
     .summary = "make liquidations feed each other",
     .roles = "trader",
     .pattern = "PT-A-025",
     .params = liquidation_cascade_params},
    {.name = "perp.open", .summary = "open a position", .roles = "trader", .pattern = "PT-L-050", .params = open_params},
    {.name = "perp.trade", .summary = "open, hold and close positions", .roles = "trader", .params = trade_params},
};

const struct behavior_family behavior_perp = {"perp", specs, ARRAY_LEN(specs)};
