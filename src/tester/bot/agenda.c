#include "tester/bot/agenda.h"

void agenda_done(struct agenda *agenda) { vec_done(&agenda->items); }

void agenda_add(struct agenda *agenda, struct agenda_item item)
{
    vec_push(&agenda->items, item);
    struct agenda_item *items = agenda->items.data;
    size_t at = agenda->items.count - 1;
    for (; at > 0 && instant_before(item.due, items[at - 1].due); at--) items[at] = items[at - 1];
    items[at] = item;
}

bool agenda_take(struct agenda *agenda, struct instant now, struct agenda_item *out)
{
    struct agenda_item *items = agenda->items.data;
    if (agenda->items.count == 0 || instant_before(now, items[0].due)) return false;
    *out = items[0];
    agenda->items.count--;
    memmove(items, items + 1, sizeof(*items) * agenda->items.count);
    return true;
}
