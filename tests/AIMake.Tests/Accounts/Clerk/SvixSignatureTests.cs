using System.Text;
using AIMake.Accounts.Clerk;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Accounts.Clerk;

/// <summary>Signatures that npm's svix and standardwebhooks accept as well, and what is near them.</summary>
public sealed class SvixSignatureTests
{
    private const string SecretA = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string SecretB = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string BodyA = """{"test": 2432232314}""";
    private const string BodyB = """{"data":{"deleted":true,"id":"user_2abc","object":"user"},"instance_id":"ins_123","object":"event","timestamp":1750000000000,"type":"user.deleted"}""";
    private const string BodyC = """{"name":"Zoë – ü"}""";
    private const string SignatureA = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Theory]
    [InlineData(SecretA, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BodyA, SignatureA)]
    [InlineData(SecretB, "msg_2dPqRtXy7Kk3", 1750000000, BodyB, "v1,bQc+ntfvUijYeJxn6S8GfR4kCxd9HFGUE5sHxC7gzQU=")]
    [InlineData(SecretB, "msg_utf8", 1750000000, BodyC, "v1,KUyC0fX4ew+T8h8PMj2bqHr/1XmCyXaq6rrHq9DrWvM=")]
    public void Known_signatures_hold(string secret, string id, long time, string body, string signature)
    {
        Assert.Equal(id, Check(secret, id, $"{time}", signature, body, time).Value);
        Assert.Equal(id, Check(secret, id, $"{time}", signature, body, time, "webhook").Value);
        Assert.Equal(FaultCodes.SignatureInvalid, Check(secret, id, $"{time}", signature, body + " ", time).Fault!.Code);
        Assert.Equal(FaultCodes.SignatureInvalid, Check(secret, id + "x", $"{time}", signature, body, time).Fault!.Code);
        Assert.Equal(FaultCodes.SignatureInvalid, Check(secret, id, $"{time + 1}", signature, body, time).Fault!.Code);
    }

    /// <summary>S39.</summary>
    [Theory]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void S39_five_minutes_to_either_side_are_allowed(int late, bool allowed)
    {
        var outcome = Check(SecretA, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", SignatureA, BodyA, 1614265330 + late);

        Assert.Equal(allowed ? null : FaultCodes.TimestampOutOfTolerance, outcome.Fault?.Code);
    }

    /// <summary>S38.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,AAAA")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,x")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void S38_other_signatures_do_not(string signature) =>
        Assert.Equal(FaultCodes.SignatureInvalid, Check(SecretA, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, BodyA, 1614265330).Fault!.Code);

    [Theory]
    [InlineData("v1,AAAA " + SignatureA)]
    [InlineData(SignatureA + " v1a,xyz")]
    [InlineData("v2,zzz v1,AAAA " + SignatureA)]
    public void Any_of_several_will_do(string signatures) =>
        Assert.True(Check(SecretA, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signatures, BodyA, 1614265330).Ok);

    [Theory]
    [InlineData("svix-id")]
    [InlineData("svix-timestamp")]
    [InlineData("svix-signature")]
    public void S38_every_header_is_there_and_once(string name)
    {
        var key = SvixSignature.KeyOf(SecretA)!;
        foreach (var values in new string[]?[] { null, [""], ["a", "b"] })
        {
            var headers = Headers("svix", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", SignatureA);
            headers[name] = values;
            Assert.Equal(FaultCodes.SignatureInvalid, SvixSignature.Check(key, headers, Encoding.UTF8.GetBytes(BodyA), DateTimeOffset.FromUnixTimeSeconds(1614265330)).Fault!.Code);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_AAAA")]
    [InlineData("whsec_not base64!")]
    public void S37_a_secret_has_a_length(string secret) => Assert.Null(SvixSignature.KeyOf(secret));

    private static Outcome<string> Check(string secret, string id, string timestamp, string signature, string body, long now, string family = "svix") =>
        SvixSignature.Check(SvixSignature.KeyOf(secret)!, Headers(family, id, timestamp, signature), Encoding.UTF8.GetBytes(body), DateTimeOffset.FromUnixTimeSeconds(now));

    private static HeaderDictionary Headers(string family, string id, string timestamp, string signature) =>
        new() { [$"{family}-id"] = id, [$"{family}-timestamp"] = timestamp, [$"{family}-signature"] = signature };
}
