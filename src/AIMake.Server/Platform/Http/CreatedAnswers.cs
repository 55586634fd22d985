using Microsoft.AspNetCore.Http.Metadata;

namespace AIMake.Platform.Http;

/// <summary>Describes endpoints that answer 201.</summary>
internal static class CreatedAnswers
{
    /// <summary>
    /// It makes something and says so with 201, in the place of the 200 that <see cref="ApiResult{T}"/> describes for every endpoint: a description that
    /// names both would leave a client to guess.
    /// </summary>
    /// <typeparam name="T">What the envelope holds.</typeparam>
    public static RouteHandlerBuilder ProducesCreated<T>(this RouteHandlerBuilder builder)
    {
        builder.Finally(endpoint =>
        {
            foreach (var usual in endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Where(m => m.StatusCode == StatusCodes.Status200OK).ToList())
            {
                endpoint.Metadata.Remove(usual);
            }

            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(Envelope<T>), ["application/json"]));
        });
        return builder;
    }
}
