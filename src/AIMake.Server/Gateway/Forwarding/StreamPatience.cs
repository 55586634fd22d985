using AIMake.Platform.Http;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// How long streams are read. One ends with its client, unless the provider bills the whole answer anyway and tells what it was: then
/// it is read on for a while, and no more than so many at once. That is settled in the moment the client leaves, because giving up
/// a read ends the connection for good.
/// </summary>
internal sealed class StreamPatience(GatewayOptions options, Drain drain, TimeProvider time)
{
    private int _readOn;

    public Attention Begin(string provider, CancellationToken client) => new(this, client, options.DrainProviders.Contains(provider));

    internal sealed class Attention : IDisposable
    {
        private readonly StreamPatience _owner;
        private readonly CancellationTokenSource _writing;
        private readonly CancellationTokenSource? _limit;
        private readonly CancellationTokenSource? _reading;
        private readonly CancellationTokenRegistration _leaving;
        private bool _counted;

        public Attention(StreamPatience owner, CancellationToken client, bool mayReadOn)
        {
            _owner = owner;
            _writing = CancellationTokenSource.CreateLinkedTokenSource(client, owner.Drain.StreamsMustEnd);
            if (mayReadOn)
            {
                _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, owner.Time);
                _reading = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, owner.Drain.StreamsMustEnd);
                _leaving = client.Register(Leave);
            }
        }

        /// <summary>Ends with the client, and when this server stops.</summary>
        public CancellationToken Writing => _writing.Token;

        /// <summary>Ends when nothing more is to be read.</summary>
        public CancellationToken Reading => (_reading ?? _writing).Token;

        public void Dispose()
        {
            _leaving.Dispose();
            _reading?.Dispose();
            _limit?.Dispose();
            _writing.Dispose();
            if (_counted)
            {
                Interlocked.Decrement(ref _owner._readOn);
            }
        }

        private void Leave()
        {
            _counted = true;
            if (Interlocked.Increment(ref _owner._readOn) <= _owner.Options.MaxDrains)
            {
                _limit!.CancelAfter(_owner.Options.DrainFor);
            }
            else
            {
                _limit!.Cancel();
            }
        }
    }

    private GatewayOptions Options => options;

    private Drain Drain => drain;

    private TimeProvider Time => time;
}
