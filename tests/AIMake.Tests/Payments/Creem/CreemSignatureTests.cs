using System.Security.Cryptography;
using System.Text;
using AIMake.Payments.Creem;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Payments.Creem;

/// <summary>Vectors computed by Creem's rules with another implementation, and everything near them that must not pass.</summary>
public sealed class CreemSignatureTests
{
    private const string Secret = "creem_whsec_test_4242";
    private const string Right = "cf89226663ffdc35ffe70eca2e28c452c841492103c3f11c03f4cae70ba51f58";

    private const string Text = """
        {"id":"evt_vec1","eventType":"checkout.completed","created_at":1760000000000,"object":{"id":"ch_vec1","object":"checkout","request_id":"user-42:p1000","status":"completed","units":1,"mode":"test","note":"café €"}}
        """;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Text);
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);

    [Theory]
    [InlineData(Right)]
    [InlineData("sha256=CF89226663FFDC35FFE70ECA2E28C452C841492103C3F11C03F4CAE70BA51F58")]
    public void The_signature_of_the_vector_holds(string header) => Assert.Null(Check((CreemSignature.Header, header)));

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("cf89226663ffdc35ffe70eca2e28c452c841492103c3f11c03f4cae70ba51f5")]
    [InlineData("cf89226663ffdc35ffe70eca2e28c452c841492103c3f11c03f4cae70ba51f58 ")]
    [InlineData("sha1=cf89226663ffdc35ffe70eca2e28c452c841492103c3f11c03f4cae70ba51f58")]
    public void Another_signature_does_not(string header) => Assert.Equal(FaultCodes.SignatureInvalid, Check((CreemSignature.Header, header))?.Code);

    [Fact]
    public void Neither_does_none_nor_two() => Assert.All(
        new[] { new HeaderDictionary(), new HeaderDictionary { [CreemSignature.Header] = new[] { Right, Right } } },
        headers => Assert.Equal(FaultCodes.SignatureInvalid, CreemSignature.Check(headers, Body, [Secret], Now)?.Code));

    [Fact]
    public void One_byte_more_or_less_or_other_breaks_it()
    {
        var headers = new HeaderDictionary { [CreemSignature.Header] = Right };
        var other = Body.ToArray();
        other[^2] ^= 1;
        Assert.All(new[] { [.. Body, (byte)'\n'], Body[..^1], other, [] }, body => Assert.Equal(FaultCodes.SignatureInvalid, CreemSignature.Check(headers, body, [Secret], Now)?.Code));
    }

    [Fact]
    public void While_a_secret_is_changed_both_hold()
    {
        var headers = new HeaderDictionary { [CreemSignature.Header] = Right };
        Assert.Null(CreemSignature.Check(headers, Body, ["creem_whsec_the_new_one", Secret], Now));
        Assert.NotNull(CreemSignature.Check(headers, Body, ["creem_whsec_the_new_one"], Now));
    }

    [Fact]
    public void A_good_signature_with_a_bad_triple_does_not_hold()
    {
        var good = Triple(Now);
        Assert.Null(Check(good));
        Assert.Null(Check([(CreemSignature.Header, Right), .. good]));
        Assert.Equal(FaultCodes.SignatureInvalid, Check([(CreemSignature.Header, Right), good[0], good[1], (CreemSignature.Standard, "v1,AAAA")])?.Code);
        Assert.Equal(FaultCodes.SignatureInvalid, Check([(CreemSignature.Header, Right), good[0], good[1]])?.Code);
        Assert.Equal(FaultCodes.SignatureInvalid, Check([(CreemSignature.Header, new string('0', 64)), .. good])?.Code);
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(-300, null)]
    [InlineData(301, "TIMESTAMP_OUT_OF_TOLERANCE")]
    [InlineData(-301, "TIMESTAMP_OUT_OF_TOLERANCE")]
    public void A_triple_holds_for_five_minutes(int ago, string? code) => Assert.Equal(code, Check(Triple(Now.AddSeconds(-ago)))?.Code.Code);

    [Theory]
    [InlineData("request_id=user-42:p1000&checkout_id=ch_vec1&order_id=ord_vec1&customer_id=cust_vec1&product_id=prod_vec1&signature=d1b82e8fce717f0014ba8868acb25deec0bd6ed7033761cd0ce7079392bca10c", "ch_vec1")]
    [InlineData("request_id=user-42%3Apro&checkout_id=ch_vec2&order_id=ord_vec2&customer_id=cust_vec1&subscription_id=sub_vec1&product_id=prod_pro&signature=35bdad38a23ad55e690cfe6409a69b4dc140c9df745581ab12effd8ae42181da", "ch_vec2")]
    [InlineData("?lang=zh&request_id=user-42:p1000&checkout_id=ch_vec1&order_id=ord_vec1&customer_id=cust_vec1&subscription_id=&product_id=prod_vec1&signature=d1b82e8fce717f0014ba8868acb25deec0bd6ed7033761cd0ce7079392bca10c", "ch_vec1")]
    [InlineData("request_id=user-43:p1000&checkout_id=ch_vec1&order_id=ord_vec1&customer_id=cust_vec1&product_id=prod_vec1&signature=d1b82e8fce717f0014ba8868acb25deec0bd6ed7033761cd0ce7079392bca10c", null)]
    [InlineData("checkout_id=ch_vec1&request_id=user-42:p1000&order_id=ord_vec1&customer_id=cust_vec1&product_id=prod_vec1&signature=d1b82e8fce717f0014ba8868acb25deec0bd6ed7033761cd0ce7079392bca10c", null)]
    [InlineData("checkout_id=ch_other&request_id=user-42:p1000&checkout_id=ch_vec1&order_id=ord_vec1&customer_id=cust_vec1&product_id=prod_vec1&signature=d1b82e8fce717f0014ba8868acb25deec0bd6ed7033761cd0ce7079392bca10c", null)]
    [InlineData("request_id=user-42:p1000&checkout_id=ch_vec1&order_id=ord_vec1&customer_id=cust_vec1&product_id=prod_vec1", null)]
    [InlineData("", null)]
    public void The_address_a_buyer_comes_back_to_is_signed_in_the_order_it_came(string query, string? checkout) => Assert.Equal(checkout, CreemReturn.Verify(query, "creem_test_abc123"));

    [Fact]
    public void A_seal_holds_for_its_own_sale_only()
    {
        var (seal, stranger) = (Seal(1), Seal(2));
        var sale = new Sale(Guid.NewGuid(), Guid.NewGuid(), "prod_small_500_usd");
        var made = seal.Make(sale);

        Assert.True(seal.Holds(sale, made));
        Assert.False(seal.Holds(sale with { UserId = Guid.NewGuid() }, made));
        Assert.False(seal.Holds(sale with { OrderId = Guid.NewGuid() }, made));
        Assert.False(seal.Holds(sale with { Product = "prod_large_5000_usd" }, made));
        Assert.False(stranger.Holds(sale, made));
        Assert.All(new[] { null, "", ".", "x", $"{made}A", made[..^1], "unknown." + made.Split('.')[1], new string('A', 500) }, broken => Assert.False(seal.Holds(sale, broken)));
    }

    private static SaleSeal Seal(byte master) => new(new SecretKeys([.. Enumerable.Repeat(master, 32)], [], TimeProvider.System));

    private static Fault? Check(params (string Name, string Value)[] headers)
    {
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            sent[name] = value;
        }

        return CreemSignature.Check(sent, Body, [Secret], Now);
    }

    private static (string Name, string Value)[] Triple(DateTimeOffset at)
    {
        var stamp = at.ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"evt_vec1.{stamp}."), .. Body]);
        return [(CreemSignature.StandardId, "evt_vec1"), (CreemSignature.StandardTime, $"{stamp}"), (CreemSignature.Standard, $"v1,AAAA v1,{Convert.ToBase64String(mac)}")];
    }
}
