// A time as C's ctime() writes it: "Fri Nov 20 09:05:00 2026". The day takes two places.
using System.Globalization;

string CTime(DateTime time) =>
    string.Create(CultureInfo.InvariantCulture, $"{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}");
