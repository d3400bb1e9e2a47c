/// What a running server tells of itself over HTTP: whether it lives, whether it is ready, its
/// metrics, and its zones. Only with `--http`; without it nothing of this is loaded.
///
/// Everything here reads: the counters, the fetches and the publication belong to other rooms,
/// which know nothing of who looks. A page is made when it is asked for, on the asker's thread, and
/// holds nothing up but itself.
///
/// | page | by | for |
/// |---|---|---|
/// | `/livez` | `Vitals` | a supervisor: 503 means that restarting helps |
/// | `/readyz` | `Vitals` | who sends queries here: 503 means not now |
/// | `/metrics` | `MetricsPage` and the families it is put together of | Prometheus, also as OpenMetrics |
/// | `/status` | `ServerStatus` | `zonetrail status`, as JSON |
///
/// Names of metrics follow Prometheus' conventions (base units, `_total`) and, where there is a
/// counterpart, the words of the exporters of CoreDNS, Knot and BIND. `docs/limits.md` names those
/// that show a bound.
///
/// Read first: [zonetrail.transport.status.StatusEndpoint], then
/// [zonetrail.transport.status.Observed].
@NullMarked
package zonetrail.transport.status;

import org.jspecify.annotations.NullMarked;
