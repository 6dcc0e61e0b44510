#include "tester/scenario/load.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/decimal.h"
#include "tester/scenario/load_priv.h"

#define VALIDATORS_MAX 200
#define SEED_MAX UINT64_C(9007199254740991)

const char *const scenario_type_names[SCENARIO_TYPES] = {"unit", "integration", "functional", "security", "load", "chaos"};
const char *const target_kind_names[3] = {"sim", "devnet", "urls"};

static const char *const type_words[] = {"unit", "integration", "functional", "security", "load", "chaos", NULL};
static const char *const category_words[] = {"adversarial", "anti_pattern", "legitimate", NULL};
static const char *const priority_words[] = {"P0", "P1", "P2", "P3", NULL};
static const char *const target_words[] = {"sim", "devnet", "urls", NULL};
static const char *const profile_words[] = {"test", "production", NULL};
static const char *const network_words[] = {"testnet", "mainnet", NULL};

/* ---- metadata ---- */

/* ^[A-Z]+(-[A-Z])?-[0-9]{3}$ */
static bool id_is(struct str id)
{
    size_t i = 0;
    while (i < id.len && id.data[i] >= 'A' && id.data[i] <= 'Z') i++;
    if (i == 0) return false;
    if (i + 2 < id.len && id.data[i] == '-' && id.data[i + 1] >= 'A' && id.data[i + 1] <= 'Z' && id.data[i + 2] == '-') i += 2;
    if (id.len - i != 4 || id.data[i] != '-') return false;
    for (size_t k = i + 1; k < id.len; k++)
        if (id.data[k] < '0' || id.data[k] > '9') return false;
    return true;
}

static void words_list_check(struct loader *loader, const struct yaml *node, const char *what)
{
    if (!node) return;
    if (node->type != YAML_SEQUENCE) {
        diags_error(loader->diags, node->place, "%s is a list of texts", what);
        return;
    }
    for (const struct yaml *child = node->child; child; child = child->next)
        if (child->type != YAML_SCALAR) diags_error(loader->diags, child->place, "%s is a list of texts", what);
}

static void required(struct loader *loader, const struct yaml *mapping, const char *key, const char *what)
{
    if (!yaml_find(mapping, str_of(key))) diags_error(loader->diags, mapping->place, "%s needs '%s'", what, key);
}

static void metadata_read(struct loader *loader, const struct yaml *node)
{
    struct plan *plan = loader->plan;
    if (!mapping_is(loader, node, "metadata")) {
        if (!node) diags_error(loader->diags, loader->place, "a scenario needs 'metadata'");
        return;
    }
    keys_check(loader, node, "id name type duration priority category patterns tags target_tps", "metadata");
    static const char *const needed[] = {"id", "name", "type", "duration"};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) required(loader, node, needed[i], "metadata");
    const struct yaml *id = yaml_find(node, STR("id")), *duration = yaml_find(node, STR("duration"));
    plan->id = text_read(loader, id, "id");
    if (id && plan->id.len > 0 && !id_is(plan->id))
        diags_error(loader->diags, id->place, "'" STR_FMT "' is no scenario id: capitals, a hyphen and three digits, like LOAD-005", STR_ARG(plan->id));
    plan->title = text_read(loader, yaml_find(node, STR("name")), "name");
    unsigned row = 0;
    plan->type = SCENARIO_TYPES;
    if (word_read(loader, yaml_find(node, STR("type")), type_words, "type", &row)) plan->type = (enum scenario_type)row;
    if (word_read(loader, yaml_find(node, STR("category")), category_words, "category", &row)) plan->category = (enum scenario_category)(row + 1);
    if (word_read(loader, yaml_find(node, STR("priority")), priority_words, "priority", &row)) plan->priority = str_of(priority_words[row]);
    words_list_check(loader, yaml_find(node, STR("patterns")), "patterns");
    words_list_check(loader, yaml_find(node, STR("tags")), "tags");
    uint64_t tps;
    (void)count_read(loader, yaml_find(node, STR("target_tps")), "target_tps", UINT64_MAX, &tps);
    if (duration_read(loader, duration, "duration", &loader->duration_written)) {
        loader->duration_place = duration->place;
        if (loader->duration_written.ns == 0) diags_error(loader->diags, duration->place, "a scenario lasts more than 0");
    }
}

/* ---- setup ---- */

/* A length in blocks may be written as a duration, and then shrinks with the scenario as its phases do: so many blocks of the default
 * interval, at least one. Everything else is taken as it is written. */
static struct str parameter_value(struct loader *loader, const struct yaml *node)
{
    struct duration length;
    const bool is_length = str_ends(node->key, STR("_blocks")) && node->type == YAML_SCALAR && duration_parse(node->text, &length);
    if (!is_length) return text_read(loader, node, "a parameter");
    const uint64_t scaled = scale_u64(length.ns, loader->duration_num, loader->duration_den);
    if (str_eq(node->key, STR("voting_period_blocks")) && scaled < length.ns) loader->voting_written = length;
    return str_fmt(loader->arena, "%" PRIu64, MAX(scaled / BLOCK_INTERVAL.ns, (uint64_t)1));
}

static void parameters_read(struct loader *loader, const struct yaml *node, struct plan_network *network)
{
    if (!node || !mapping_is(loader, node, "params")) return;
    struct plan_parameter *out = arena_array(loader->arena, struct plan_parameter, node->count + 1);
    for (const struct yaml *child = node->child; child; child = child->next) {
        if (!parameter_is_known(child->key)) {
            struct str names[128];
            size_t count = 0;
            while (count < ARRAY_LEN(names) && parameter_name_at(count).len > 0) {
                names[count] = parameter_name_at(count);
                count++;
            }
            diags_add(loader->diags, child->key_place, SEVERITY_ERROR, did_you_mean(child->key, names, count),
                      "unknown network parameter '" STR_FMT "'", STR_ARG(child->key));
            continue;
        }
        out[network->parameters_count++] = (struct plan_parameter){str_dup(loader->arena, child->key), parameter_value(loader, child)};
    }
    network->parameters = out;
}

static struct str switch_next(const void *context, size_t i)
{
    (void)context;
    return switch_name_at(i);
}

bool switch_allowed(struct loader *loader, struct place place, struct str name)
{
    if (!switch_is_known(name)) {
        diags_add(loader->diags, place, SEVERITY_ERROR, did_you_mean_by(name, switch_next, NULL), "unknown planted switch '" STR_FMT "'", STR_ARG(name));
        return false;
    }
    if (!str_eq(loader->plan->network.alpha_network, STR("mainnet"))) return true;
    diags_error(loader->diags, place, "'" STR_FMT "': no weakness is planted with Alpha on mainnet", STR_ARG(name));
    return false;
}

static void vulnerability_add(struct loader *loader, struct place place, struct str name, struct chaos_action *out, uint32_t *count)
{
    if (!switch_allowed(loader, place, name)) return;
    for (uint32_t i = 0; i < *count; i++)
        if (str_eq(out[i].named, name)) return;
    out[(*count)++] = (struct chaos_action){.spec = &action_specs[ACTION_ENABLE_VULNERABILITY], .place = place, .named = str_dup(loader->arena, name),
                                      .params_json = str_fmt(loader->arena, "{\"switch\":\"" STR_FMT "\"}", STR_ARG(name))};
}

static void vulnerabilities_read(struct loader *loader, const struct yaml *node)
{
    const struct load_options *options = loader->options;
    struct plan_network *network = &loader->plan->network;
    words_list_check(loader, node, "vulnerabilities");
    const bool list = node && node->type == YAML_SEQUENCE;
    struct chaos_action *out = arena_array(loader->arena, struct chaos_action, (list ? node->count : 0) + options->vulnerable_count + 1);
    for (const struct yaml *child = list ? node->child : NULL; child; child = child->next)
        if (child->type == YAML_SCALAR) vulnerability_add(loader, child->place, child->text, out, &network->vulnerabilities_count);
    for (size_t i = 0; i < options->vulnerable_count; i++)
        vulnerability_add(loader, (struct place){.file = STR("--vulnerable")}, options->vulnerable[i], out, &network->vulnerabilities_count);
    network->vulnerabilities = out;
}

static void target_kind_read(struct loader *loader, const struct yaml *node, struct plan_network *network)
{
    unsigned row = 0;
    const struct yaml *target = yaml_find(node, STR("target"));
    if (word_read(loader, target, target_words, "target", &row)) network->target = (enum target_kind)row;
    struct place place = target ? target->place : loader->place;
    if (loader->options->target) {
        place = (struct place){.file = STR("--target")};
        row = 0;
        while (target_words[row] && strcmp(target_words[row], loader->options->target) != 0) row++;
        if (!target_words[row]) diags_error(loader->diags, place, "'%s' is no target; known are sim, devnet, urls", loader->options->target);
        else network->target = (enum target_kind)row;
    }
    if (network->target != TARGET_SIM) diags_error(loader->diags, place, "target '%s' is known, not in this build", target_words[network->target]);
    network->alpha_rest = text_read(loader, yaml_find(node, STR("alpha_rest")), "alpha_rest");
    network->delta_rest = text_read(loader, yaml_find(node, STR("delta_rest")), "delta_rest");
    network->adnet_rest = text_read(loader, yaml_find(node, STR("adnet_rest")), "adnet_rest");
    network->admin_rest = text_read(loader, yaml_find(node, STR("admin_rest")), "admin_rest");
    if (network->target == TARGET_URLS && network->alpha_rest.len == 0 && network->delta_rest.len == 0)
        diags_error(loader->diags, place, "target urls needs alpha_rest or delta_rest");
}

static void network_read(struct loader *loader, const struct yaml *node)
{
    struct plan_network *network = &loader->plan->network;
    network->alpha_network = STR("testnet");
    network->delta_network = STR("mainnet");
    network->validators = loader->plan->type == SCENARIO_UNIT ? 4 : 80;
    if (node && mapping_is(loader, node, "network")) {
        keys_check(loader, node,
                   "target alpha_rest delta_rest adnet_rest admin_rest alpha_network delta_network profile validators params vulnerabilities",
                   "network");
        unsigned row = 0;
        if (word_read(loader, yaml_find(node, STR("alpha_network")), network_words, "network", &row)) network->alpha_network = str_of(network_words[row]);
        if (word_read(loader, yaml_find(node, STR("delta_network")), network_words, "network", &row)) network->delta_network = str_of(network_words[row]);
        if (word_read(loader, yaml_find(node, STR("profile")), profile_words, "profile", &row)) network->production = row == 1;
        uint64_t validators = network->validators;
        (void)count_read(loader, yaml_find(node, STR("validators")), "validators", VALIDATORS_MAX, &validators);
        network->validators = (uint32_t)validators;
        parameters_read(loader, yaml_find(node, STR("params")), network);
        const struct yaml *alpha = yaml_find(node, STR("alpha_network"));
        if (alpha && str_eq(network->alpha_network, STR("mainnet")) &&
            (loader->plan->type == SCENARIO_LOAD || loader->plan->type == SCENARIO_CHAOS || loader->plan->type == SCENARIO_SECURITY ||
             loader->plan->category == CATEGORY_ADVERSARIAL))
            diags_error(loader->diags, alpha->place, "load, chaos and adversarial steps are never run against mainnet");
    }
    vulnerabilities_read(loader, node && node->type == YAML_MAPPING ? yaml_find(node, STR("vulnerabilities")) : NULL);
    target_kind_read(loader, node, network);
    if (loader->options->validators != UINT32_MAX) network->validators = loader->options->validators;
    if (network->validators > VALIDATORS_MAX)
        diags_error(loader->diags, (struct place){.file = STR("--validators")}, "at most %d validators", VALIDATORS_MAX);
    loader->validators = network->validators;
}

static void setup_read(struct loader *loader, const struct yaml *node)
{
    if (node && !mapping_is(loader, node, "setup")) node = NULL;
    if (node) keys_check(loader, node, "network distributed seed bots", "setup");
    const struct yaml *distributed = yaml_find(node, STR("distributed"));
    network_read(loader, yaml_find(node, STR("network")));
    if (distributed) {
        diags_error(loader->diags, distributed->key_place, "distributed runs are known, not in this build");
        if (mapping_is(loader, distributed, "distributed")) keys_check(loader, distributed, "workers checkpoint_interval", "distributed");
    }
    loader->plan->seed = 1;
    (void)count_read(loader, yaml_find(node, STR("seed")), "seed", SEED_MAX, &loader->plan->seed);
    if (loader->options->has_seed) loader->plan->seed = loader->options->seed;
    if (loader->plan->seed > SEED_MAX) diags_error(loader->diags, (struct place){.file = STR("--seed")}, "a seed is at most 2^53 - 1");
    bots_read(loader, yaml_find(node, STR("bots")));
}

/* ---- the whole ---- */

static void scale_decide(struct loader *loader)
{
    loader->duration_num = loader->duration_den = loader->bots_num = loader->bots_den = 1;
    if (loader->options->duration.ns > 0 && loader->duration_written.ns > 0) {
        loader->duration_num = loader->options->duration.ns;
        loader->duration_den = loader->duration_written.ns;
    }
    if (loader->options->bots_micro > 0) {
        loader->bots_num = loader->options->bots_micro;
        loader->bots_den = 1000000;
    }
}

static void notes_read(struct loader *loader, const struct yaml *node)
{
    words_list_check(loader, node, "notes");
    for (const struct yaml *child = node && node->type == YAML_SEQUENCE ? node->child : NULL; child; child = child->next)
        if (str_eq(child->text, STR("left faulty"))) loader->left_faulty = true;
}

static void scenario_read(struct loader *loader, const struct yaml *root)
{
    struct plan *plan = loader->plan;
    if (!mapping_is(loader, root, "a scenario file")) return;
    keys_check(loader, root, "scenario", "the file");
    const struct yaml *scenario = yaml_find(root, STR("scenario"));
    if (!scenario) {
        diags_error(loader->diags, root->place, "the file has no 'scenario'");
        return;
    }
    if (!mapping_is(loader, scenario, "scenario")) return;
    loader->place = scenario->key_place;
    keys_check(loader, scenario, "metadata description setup phases metrics success_criteria notes", "scenario");
    metadata_read(loader, yaml_find(scenario, STR("metadata")));
    plan->description = text_read(loader, yaml_find(scenario, STR("description")), "description");
    notes_read(loader, yaml_find(scenario, STR("notes")));
    scale_decide(loader);
    setup_read(loader, yaml_find(scenario, STR("setup")));
    phases_read(loader, yaml_find(scenario, STR("phases")));
    plan->metrics = metric_list_read(loader, yaml_find(scenario, STR("metrics")), &plan->metrics_count);
    const struct yaml *criteria = yaml_find(scenario, STR("success_criteria"));
    if (!criteria) diags_error(loader->diags, loader->place, "a scenario needs 'success_criteria'");
    else loader->place = criteria->key_place;
    plan->criteria = criteria_parse(loader->arena, criteria, "success_criteria", loader->diags);
    objects_check(loader, &plan->criteria);
    plan->groups = arena_copy(loader->arena, loader->groups.data, sizeof(struct plan_group) * loader->groups.count);
    plan->groups_count = (uint32_t)loader->groups.count;
    plan->phases = arena_copy(loader->arena, loader->phases.data, sizeof(struct plan_phase) * loader->phases.count);
    plan->phases_count = (uint32_t)loader->phases.count;
    plan->captures = arena_copy(loader->arena, loader->captures.data, sizeof(struct str) * loader->captures.count);
    plan->captures_count = (uint32_t)loader->captures.count;
    plan_check(loader);
}

/* Findings may be printed when the plan is gone: they keep their own copy of the lines they point at. */
static void sources_keep(struct diags *diags, size_t from)
{
    for (size_t i = from; i < diags->sources.count; i++) {
        diags->sources.data[i].file = str_dup(&diags->arena, diags->sources.data[i].file);
        diags->sources.data[i].text = str_dup(&diags->arena, diags->sources.data[i].text);
    }
}

struct plan *scenario_load(struct str name, struct str file, struct str text, const struct load_options *options, struct diags *diags)
{
    struct plan *plan = base_alloc(sizeof(*plan));
    arena_init(&plan->arena, 64 * 1024);
    plan->name = str_dup(&plan->arena, name);
    plan->file = str_dup(&plan->arena, file);
    plan->text = str_dup(&plan->arena, text);
    struct loader loader = {.plan = plan, .arena = &plan->arena, .diags = diags, .options = options, .validators = UINT32_MAX};
    loader.place = (struct place){.file = plan->file, .line = 1, .column = 1};
    const size_t errors_before = diags->errors_count, sources_before = diags->sources.count;
    const struct yaml *root = yaml_parse_faulty(&plan->arena, plan->file, plan->text, diags);
    for (size_t i = 0; root && i < options->sets_count; i++) root = tree_set(&plan->arena, root, options->sets[i], diags);
    if (root) scenario_read(&loader, root);
    vec_done(&loader.groups);
    vec_done(&loader.phases);
    vec_done(&loader.captures);
    sources_keep(diags, sources_before);
    if (diags->errors_count == errors_before) return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (!plan) return;
    for (uint32_t i = 0; i < plan->scripts_count; i++) script_free(plan->scripts[i]);
    base_free(plan->scripts);
    arena_done(&plan->arena);
    base_free(plan);
}

uint32_t plan_track_number(const struct plan *plan, uint32_t phase, uint32_t track)
{
    uint32_t number = track;
    for (uint32_t i = 0; i < phase; i++) number += plan->phases[i].tracks_count;
    return number;
}
