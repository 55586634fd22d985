namespace AIMake.Payments;

/// <summary>Messages of payments; ids 1500–1599. Ids and amounts, never bodies, names or addresses.</summary>
internal static partial class PaymentsLog
{
    [LoggerMessage(1500, LogLevel.Information, "Order {Order} paid: {Amount} {Currency} by {Provider}")]
    public static partial void OrderPaid(ILogger log, Guid order, long amount, string currency, string provider);

    [LoggerMessage(1501, LogLevel.Critical, "ALERT: event {Event} of {Provider} contradicts the books and changed nothing: {Why}")]
    public static partial void EventRefused(ILogger log, string @event, string provider, string why);

    [LoggerMessage(1502, LogLevel.Warning, "Event {Event} of {Provider} waits: {Why}")]
    public static partial void EventParked(ILogger log, string @event, string provider, string why);

    [LoggerMessage(1503, LogLevel.Error, "Event {Event} of {Provider} failed, attempt {Attempt}")]
    public static partial void EventFailed(ILogger log, Exception failure, string @event, string provider, int attempt);

    [LoggerMessage(1504, LogLevel.Warning, "A webhook of {Provider} was refused: {Code}, {Bytes} bytes")]
    public static partial void WebhookRefused(ILogger log, string provider, string code, int bytes);

    [LoggerMessage(1505, LogLevel.Warning, "Payment {Payment}: {Credits} credits taken back")]
    public static partial void CreditsClawed(ILogger log, Guid payment, string credits);

    [LoggerMessage(1506, LogLevel.Information, "Payment {Payment}: {Credits} credits given back")]
    public static partial void CreditsRestored(ILogger log, Guid payment, string credits);

    [LoggerMessage(1507, LogLevel.Warning, "{Provider} answered {Status} {Code} to {What}, request {Request}")]
    public static partial void ProviderRefused(ILogger log, string provider, int status, string code, string what, string request);

    [LoggerMessage(1508, LogLevel.Warning, "{Provider} could not be asked for {What}: {Failure}")]
    public static partial void ProviderUnreachable(ILogger log, string provider, string what, string failure);

    [LoggerMessage(1509, LogLevel.Information, "User {User} is on plan {Plan}")]
    public static partial void PlanChanged(ILogger log, Guid user, string plan);

    [LoggerMessage(1510, LogLevel.Information, "{Provider} compared: {Facts} facts, {Healed} healed, {Refused} refused")]
    public static partial void Reconciled(ILogger log, string provider, int facts, int healed, int refused);

    [LoggerMessage(1511, LogLevel.Critical, "ALERT: {What} found by the comparison with {Provider}: {Why}")]
    public static partial void ReconciliationRefused(ILogger log, string what, string provider, string why);

    [LoggerMessage(1512, LogLevel.Information, "Admin {Admin}: {What} of order {Order}")]
    public static partial void AdminActed(ILogger log, Guid admin, string what, Guid order);

    [LoggerMessage(1513, LogLevel.Error, "Comparison with {Provider} broke off")]
    public static partial void ReconciliationFailed(ILogger log, Exception failure, string provider);

    [LoggerMessage(1514, LogLevel.Warning, "An event of {Provider} speaks another version, {Version}; it is read as far as it is understood")]
    public static partial void OtherVersion(ILogger log, string provider, string version);

    [LoggerMessage(1515, LogLevel.Warning, "{Count} subscriptions were paid for beside another: they are ended and paid back")]
    public static partial void SurplusFound(ILogger log, int count);

    [LoggerMessage(1516, LogLevel.Information, "Subscription {Subscription} of {Provider}, paid for beside another, is ended and paid back")]
    public static partial void SurplusEnded(ILogger log, string subscription, string provider);

    [LoggerMessage(1517, LogLevel.Critical, "ALERT: subscription {Subscription} of {Provider}, paid for beside another, could not be ended and paid back in {Attempts} attempts")]
    public static partial void SurplusStuck(ILogger log, string subscription, string provider, int attempts);

    [LoggerMessage(1560, LogLevel.Warning, "Sold without an order written down: {Why}")]
    public static partial void SoldSimply(ILogger log, string why);
}
