using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;

namespace AIMake.Tests.Platform.Outbound;

public sealed class OutboundHeadersTests
{
    /// <summary>S46.</summary>
    [Theory]
    [InlineData("sk-a\r\nX-Injected: 1")]
    [InlineData("sk-a\n")]
    [InlineData("\rsk")]
    [InlineData("sk\0")]
    [InlineData("sk\u2028")]
    [InlineData("sk\u0085")]
    [InlineData("sk\u007F")]
    [InlineData("钥匙")]
    [InlineData("🔑")]
    [InlineData(" sk")]
    [InlineData("sk ")]
    [InlineData("")]
    [InlineData(null)]
    public void Values_that_could_break_a_header_are_refused(string? value)
    {
        var fault = OutboundHeaders.Check(value, "keyValue").Fault;

        Assert.Equal(FaultCodes.FieldInvalid, fault?.Code);
        Assert.Equal("keyValue", fault?.Field);
        Assert.DoesNotContain("sk", fault!.Message("en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-proj_AbC.123~+/=")]
    [InlineData("two words")]
    public void Ordinary_keys_pass(string value) => Assert.Equal(value, OutboundHeaders.Check(value, "keyValue").Value);

    [Fact]
    public void A_value_over_eight_kibibytes_is_refused() =>
        Assert.False(OutboundHeaders.Check(new string('k', 8193), "keyValue").Ok);

    /// <summary>S46.</summary>
    [Theory]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a\u2028b")]
    [InlineData("a\0b")]
    public async Task Nothing_reaches_the_wire_when_a_value_slipped_through(string value)
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var http = OutboundTestBed.Create([server.Host]);
        using var request = OutboundTestBed.Get(server.Url);
#pragma warning disable RS0030 // the banned call is the attack
        request.Headers.TryAddWithoutValidation("x-user", value);
#pragma warning restore RS0030

        var failure = await OutboundTestBed.FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default));

        Assert.Equal(OutboundFailure.HeaderNotAllowed, failure.Failure);
        Assert.Equal(0, server.Connects);
    }
}
