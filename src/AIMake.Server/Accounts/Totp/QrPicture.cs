using QRCoder;

namespace AIMake.Accounts.Totp;

/// <summary>Draws a text for a camera.</summary>
internal static class QrPicture
{
    /// <returns>An SVG image, black on white with the margin the standard asks for, whatever the page around it looks like.</returns>
    public static string Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
