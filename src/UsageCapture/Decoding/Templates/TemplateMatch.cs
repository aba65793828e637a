namespace UsageCapture.Decoding;

/// <summary>How bytes compare with an <see cref="EventTemplate"/>.</summary>
internal enum TemplateMatch
{
    /// <summary>They are an event of another kind.</summary>
    Different,

    /// <summary>They are of the kind as far as they go, and do not go to the end of the event.</summary>
    Open,

    /// <summary>They are, or complete, an event of the kind.</summary>
    Same,
}
