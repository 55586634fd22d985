using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Gateway.Bodies;

namespace AIMake.Gateway.Forwarding;

/// <summary>A request under way: who asks, for which model, with what body.</summary>
internal sealed record GatewayCall(HttpContext Http, CurrentCaller Caller, ForwardedApi Api, GatewayBody Body, Model Model, Metering Metering);
