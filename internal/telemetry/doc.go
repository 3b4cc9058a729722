// Package telemetry shows what a process does to those who operate it: metrics for Prometheus, and traces in
// OpenTelemetry's protocol where a collector is named.
//
// What others do is told by calling the methods of Metrics, which are made to be handed over as functions: nobody but
// cmd/hourglass knows this package. Labels have few values, all of them fixed words of ours: no id, no name, no path.
// Attributes of spans may be ids, never names, and never anything that was said to or by Microsoft.
package telemetry
