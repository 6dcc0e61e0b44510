#include "tester/client/adnet.h"

#include "tester/client/call_priv.h"

void ask_adnet(struct call *call, const struct adnet *adnet, enum http_method method, struct str path)
{
    call->http = adnet->http;
    call->origin = adnet->origin;
    call->chain = 0;
    call->request = (struct http_request){.method = method};
    call->query[0] = '\0';
    (void)ask_put(call->path, call->path + sizeof(call->path), path);
    if (adnet->client_id.len > 0) ask_header(call, STR("x-client-id"), adnet->client_id);
}

const struct health_view *adnet_health(const struct adnet *adnet, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_adnet(&call, adnet, HTTP_GET, STR("/health"));
    const struct health_view *view = ask_health(&call, deadline, out);
    if (view != NULL && (view->status == HEALTH_DOWN) != (out->http == 503)) return ask_fault(out, "the status does not go with the health");
    return view;
}

const struct status_view *adnet_status(const struct adnet *adnet, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_adnet(&call, adnet, HTTP_GET, STR("/status"));
    return ask_get(&call, &wire_status, deadline, out);
}
