#pragma warning disable MA0048, MA0182, IDE0130 // The names of these types matter: those of Polly 7, which the tests do not reference.
namespace Polly.RateLimit
{
    internal sealed class RateLimitRejectedException : ExecutionRejectedException;
}

namespace Polly.Bulkhead
{
    internal sealed class BulkheadRejectedException : ExecutionRejectedException;
}
