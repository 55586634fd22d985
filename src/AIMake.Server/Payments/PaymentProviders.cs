using System.Diagnostics.CodeAnalysis;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>Every provider there is, by name.</summary>
internal sealed class PaymentProviders(IEnumerable<IPaymentProvider> providers)
{
    private readonly Dictionary<string, IPaymentProvider> _byName = providers.ToDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>All that there can be, whether or not they are set up.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    public IEnumerable<IPaymentProvider> Configured => _byName.Values.Where(p => p.IsConfigured);

    /// <summary>Whether a provider tells by itself how a dispute ends; one that is not known here any more tells nothing.</summary>
    public bool TellsDisputes(string name) => _byName.GetValueOrDefault(name)?.TellsDisputes ?? false;

    /// <summary>One that can be called. Fault: PAYMENT_NOT_CONFIGURED.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out IPaymentProvider? provider, [NotNullWhen(false)] out Fault? fault) =>
        TryFind<IPaymentProvider>(name, out provider, out fault);

    /// <summary>One that sells subscriptions. Fault: PAYMENT_NOT_CONFIGURED.</summary>
    public bool TryFindSubscriptions(string name, [NotNullWhen(true)] out ISubscriptionProvider? provider, [NotNullWhen(false)] out Fault? fault) =>
        TryFind(name, out provider, out fault);

    private bool TryFind<T>(string name, [NotNullWhen(true)] out T? provider, [NotNullWhen(false)] out Fault? fault)
        where T : class, IPaymentProvider
    {
        provider = _byName.GetValueOrDefault(name) is T { IsConfigured: true } found ? found : null;
        fault = provider is null ? new Fault(FaultCodes.PaymentNotConfigured, name) : null;
        return provider is not null;
    }
}
