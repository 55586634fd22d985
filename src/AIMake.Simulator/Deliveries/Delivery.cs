using System.Text.Json.Serialization;

namespace AIMake.Simulator.Deliveries;

/// <summary>One event on its way to one receiver, and what came of it.</summary>
internal sealed class Delivery(byte[] body, DeliverySetting setting)
{
    /// <summary>Order of creation, from 1.</summary>
    public required int Number { get; init; }

    public required string Provider { get; init; }

    public required string EventId { get; init; }

    public required string Type { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>HTTP status of the last answer; 0 for none.</summary>
    public int Status { get; set; }

    /// <summary>Every status that one of its tries had, each once.</summary>
    public IReadOnlyList<int> Statuses { get; private set; } = [];

    /// <summary>How long the last answer took, in ms.</summary>
    public double Ms { get; set; }

    public DeliveryEnd End { get; set; }

    [JsonIgnore]
    public byte[] Body => body;

    [JsonIgnore]
    public DeliverySetting Setting => setting;

    public void Saw(int status)
    {
        if (!Statuses.Contains(status)) Statuses = [.. Statuses, status];
    }
}

/// <summary>How a delivery ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryEnd>))]
internal enum DeliveryEnd
{
    /// <summary>Not yet: it is waiting, being sent, or will be tried again.</summary>
    [JsonStringEnumMemberName("underWay")]
    UnderWay,

    /// <summary>Kept back by a switch.</summary>
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>The receiver took it.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>Every retry was used up, or a switch lost it.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,
}
