using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Requests;

namespace UsageCapture.Tests.Requests;

public sealed class MultipartFormTests
{
    private const string Edge = "--edge\r\n";

    [Fact]
    public async Task Form_AsDotNetWritesIt_TellsModelAndStreamBehindTheFile()
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent([1, 13, 10, 45, 45, 13, 10, 13, 10, 2]);
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/mpeg");
        form.Add(file, "file", "model.mp3");
        form.Add(new StringContent("whisper-1"), "model");
        form.Add(new StringContent("true"), "stream");

        Assert.Equal(("whisper-1", true), MultipartForm.Read(await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(Edge + "Content-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" + Edge + "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nxx\r\n--edge--\r\n", "m", false)]
    [InlineData(Edge + "content-type: text/plain\r\ncontent-disposition: form-data;name=stream\r\n\r\nTrue\r\n--edge--", null, true)]
    [InlineData(Edge + "Content-Disposition: form-data; name=\"model\"\r\n\r\na\r\n" + Edge + "Content-Disposition: form-data; name=\"model\"\r\n\r\nb\r\n--edge--", "b", false)]
    [InlineData(Edge + "Content-Disposition: form-data; name=\"models\"\r\n\r\na\r\n--edge--", null, false)]
    [InlineData(Edge + "Content-Disposition: form-data; name=\"file\"; filename=\"x; name=model\"\r\n\r\na\r\n--edge--", null, false)]
    [InlineData(Edge + "Content-Disposition: form-data; name=\"model\"\r\n\r\ncut", null, false)]
    [InlineData(Edge, null, false)]
    [InlineData("--", null, false)]
    [InlineData("--edge--\r\n", null, false)]
    [InlineData("--edge\r\n\r\n\r\n--edge\r\n", null, false)]
    public void Form_OfAnyKind_TellsWhatItSays(string body, string? model, bool streaming) =>
        Assert.Equal((model, streaming), MultipartForm.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Form_CutAnywhere_IsReadWithoutComplaint()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            Edge + "Content-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" + Edge + "Content-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n--edge--\r\n");

        for (int length = 0; length <= body.Length; length++)
        {
            Assert.Contains(MultipartForm.Read(body.AsSpan(0, length)).Model, (string?[])["m", null]);
        }
    }
}
